-- What every script has: numbered threads, and one line with the result.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function done(summary, latency)
  local created, unexpected, position = 0, 0, 0
  for _, thread in ipairs(threads) do
    created = created + (thread:get("created") or 0)
    unexpected = unexpected + (thread:get("unexpected") or 0)
    position = math.max(position, thread:get("position") or 0)
  end
  local requests = summary.requests
  local p50, p99 = 0, 0
  if requests > 0 then
    p50, p99 = latency:percentile(50), latency:percentile(99)
  end
  local errors = summary.errors
  local counts = {
    requests = requests, micros = summary.duration, bytes = summary.bytes, p50 = p50, p99 = p99,
    connect = errors.connect, read = errors.read, write = errors.write, status = errors.status, timeout = errors.timeout,
    created = created, unexpected = unexpected, position = position,
  }
  local pairs_of_text = {}
  for name, count in pairs(counts) do
    table.insert(pairs_of_text, string.format("%s=%.0f", name, count))
  end
  io.write("RESULT " .. table.concat(pairs_of_text, " ") .. "\n")
end

-- A whole request as text: `wrk.format` would build it anew from tables each time.
function text(method, path, body)
  local head = method .. " " .. path .. " HTTP/1.1\r\nHost: " .. HOST .. "\r\n"
  if TOKEN then
    head = head .. "Authorization: Bearer " .. TOKEN .. "\r\n"
  end
  if not body then
    return head .. "\r\n"
  end
  return head .. "Content-Type: " .. (TYPE or "application/json") .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function lines(file)
  local all = {}
  for line in io.lines(file) do
    all[#all + 1] = line
  end
  return all
end
