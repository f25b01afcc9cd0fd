-- A start, and then one wrong code at what it answered. wrk makes a request before the connection
-- that will carry it is known, so answered challenges wait in a queue for the next request.
dofile(os.getenv("BENCH_LUA") .. "/report.lua")

local waiting, first, last = {}, 1, 0

function request()
  if first > last then
    return start_request()
  end
  local id = waiting[first]
  waiting[first] = nil
  first = first + 1
  local body = string.format('{"code":"%08d"}', math.random(0, 99999999))
  return wrk.format("POST", "/v1/verifications/" .. id .. "/check", nil, body)
end

function response(status, _, body)
  if status == 201 then
    last = last + 1
    waiting[last] = body:match('"id":"(ver_%w+)"')
  end
end
