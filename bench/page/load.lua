-- For wrk: posts one body for ever. Arguments: the file with the body, the bearer token, and a number to start from.
-- A body with @@ gets a number of its own in that place for each request.
local body, head, tail, number

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  body = file:read("*a")
  file:close()
  head, tail = string.match(body, "^(.*)@@(.*)$")
  number = tonumber(arguments[3])
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. arguments[2]
  wrk.body = body
  prepared = wrk.format()
end

function request()
  if not head then return prepared end
  number = number + 1
  return wrk.format(nil, nil, nil, head .. number .. tail)
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\n{"requests": %d, "seconds": %f, "failed": %d, "p50_ms": %f, "p99_ms": %f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
