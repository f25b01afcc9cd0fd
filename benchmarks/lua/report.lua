-- What every script has in common: its arguments and its last line, one line of JSON.
local here = os.getenv("BENCH_LUA")
dofile(here .. "/numbers.lua")

wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

local seeds = 0

function setup(thread)
  seeds = seeds + 1
  thread:set("seed", tonumber(os.getenv("BENCH_SEED")) + seeds)
end

function init(_)
  math.randomseed(seed)
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"microseconds":%d,"p50":%d,"p95":%d,"p99":%d,"refused":%d,"broken":%d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(95),
    latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
