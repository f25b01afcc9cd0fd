-- Phone numbers that libphonenumber accepts, over some 400,000 prefixes: 30,000 British, 100,000
-- each Indian, Chinese and Russian, 64,000 American. `N` is 2 to 9, `#` any digit.
local plans = {
  { "+4471########", "+4472########", "+4473########" },
  { "+919#########" },
  { "+8613#########" },
  { "+79#########" },
  { "+1212N######", "+1213N######", "+1305N######", "+1312N######",
    "+1415N######", "+1512N######", "+1617N######", "+1713N######" },
}

function draw_number()
  local country = plans[math.random(#plans)]
  local shape = country[math.random(#country)]
  return (shape:gsub("[#N]", function(kind)
    return kind == "N" and math.random(2, 9) or math.random(0, 9)
  end))
end

function start_request()
  local body = '{"to":"' .. draw_number() .. '","purpose":"sign_in"}'
  return wrk.format("POST", "/v1/verifications", nil, body)
end
