-- The same request again and again: METHOD, PATH, and BODY where there is one.

local the_request = text(METHOD, PATH, BODY)

function request()
  return the_request
end
