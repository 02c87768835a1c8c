-- The same request on one item after the other: METHOD, DRIVE, ITEMS (a file of ids), what comes BELOW the item, and BODY
-- where there is one.

local requests = {}
for i, id in ipairs(lines(ITEMS)) do
  requests[i] = text(METHOD, DRIVE .. "/items/" .. id .. BELOW, BODY)
end
local position = 0

function request()
  position = position % #requests + 1
  return requests[position]
end
