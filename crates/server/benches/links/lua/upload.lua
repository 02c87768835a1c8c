-- A new file of 1 KiB with its own content each time, in FOLDER, named after the RUN, the thread and a number.

TYPE = "application/octet-stream"
local filling = string.rep("x", 1024)
local position = 0

created = 0
unexpected = 0

function request()
  position = position + 1
  local name = RUN .. "-" .. number .. "-" .. position
  local body = name .. string.sub(filling, #name + 1)
  return text("PUT", FOLDER .. name .. ".bin" .. SUFFIX, body)
end

function response(status)
  if status == 201 then
    created = created + 1
  else
    unexpected = unexpected + 1
  end
end
