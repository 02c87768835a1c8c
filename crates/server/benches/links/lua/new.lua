-- A createLink for a slot that has no link yet: slots FIRST to LAST, so many an item as there are bodies below.
-- When there are none left the thread ends early rather than ask for a link that exists.

local ids = lines(ITEMS)
local bodies = {
  '{"type":"view","scope":"anonymous"}',
  '{"type":"edit","scope":"anonymous"}',
  '{"type":"view","scope":"organization"}',
  '{"type":"edit","scope":"organization"}',
}
local last = tonumber(LAST)
local head, tails = "POST " .. DRIVE .. "/items/", {}
for i, body in ipairs(bodies) do
  tails[i] = "/createLink" .. string.sub(text("POST", "", body), #"POST " + 1)
end
local nothing = text("GET", "/health/live", nil)

created = 0
unexpected = 0
position = 0
local is_over

function init()
  position = tonumber(FIRST) + number
end

function request()
  if position > last then
    is_over = true
    return nothing
  end
  local item = math.floor(position / #bodies)
  local body = position - item * #bodies
  position = position + THREADS
  return head .. ids[item + 1] .. tails[body + 1]
end

function response(status)
  if status == 201 then
    created = created + 1
  elseif is_over then
    wrk.thread:stop()
  else
    unexpected = unexpected + 1
  end
end
