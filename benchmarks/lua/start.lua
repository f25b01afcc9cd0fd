-- Starts; with BENCH_PAUSE_MS each connection waits about so long between two of them.
dofile(os.getenv("BENCH_LUA") .. "/report.lua")

local pause = tonumber(os.getenv("BENCH_PAUSE_MS") or "0")

function request()
  return start_request()
end

if pause > 0 then
  function delay()
    return math.random(0, 2 * pause)
  end
end
