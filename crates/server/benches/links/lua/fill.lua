-- Folders in folders, from number FIRST to before LAST: so many as EACH says in each of PARENTS, a file of ids.

local parents = lines(PARENTS)
local each = tonumber(EACH)
local last = tonumber(LAST)
local nothing = text("GET", "/health/live", nil)
local is_over

created = 0
unexpected = 0
position = 0

function init()
  position = tonumber(FIRST) + number
end

function request()
  if position >= last then
    is_over = true
    return nothing
  end
  local parent = math.floor(position / each)
  local name = "report-" .. (position - parent * each)
  position = position + THREADS
  return text("POST", DRIVE .. "/items/" .. parents[parent + 1] .. "/children", '{"name":"' .. name .. '","folder":{}}')
end

function response(status)
  if status == 201 then
    created = created + 1
  elseif not is_over then
    unexpected = unexpected + 1
  end
end
