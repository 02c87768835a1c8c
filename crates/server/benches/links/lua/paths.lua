-- The same verb on one path after the other: METHOD and PATHS, a file of paths with their queries.

local requests = {}
for i, path in ipairs(lines(PATHS)) do
  requests[i] = text(METHOD, path, nil)
end
local position = 0

function request()
  position = position % #requests + 1
  return requests[position]
end
