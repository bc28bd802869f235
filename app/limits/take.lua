-- Takes units out of the windows of each key, all at once; app/limits/rules.py has the formulas.
-- ARGV: the moment in ms (-1: this server's), then for each key: requests and cost that are needed, requests and cost
-- that are wanted besides, the part of what is left that may be wanted, the number of windows, and for each window
-- its unit, its length in ms and its limit.
-- Gives the moment, then for each key: requests and cost granted, and of each window its index, before and now.
local now, at, answer = tonumber(ARGV[1]), 2, {}
if now < 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function argument()
  at = at + 1
  return ARGV[at - 1]
end

local function number()
  return tonumber(argument())
end

local function granted(needed, wanted, left, share)
  if left == nil then
    return needed + wanted
  end
  local first = math.min(needed, left)
  return first == needed and first + math.min(wanted, math.floor((left - first) / share)) or first
end

answer[1] = now
for _, key in ipairs(KEYS) do
  local needed = {requests = number(), cost = number()}
  local wanted = {requests = number(), cost = number()}
  local share, windows, names, left, longest = number(), {}, {}, {}, 0
  for w = 1, number() do
    windows[w] = {unit = argument(), length = number(), limit = number()}
    names[w] = windows[w].unit .. windows[w].length
    longest = math.max(longest, windows[w].length)
  end
  local held = #names > 0 and redis.call('HMGET', key, unpack(names)) or {}
  for w, window in ipairs(windows) do
    window.index, window.before, window.now = math.floor(now / window.length), 0, 0
    if held[w] then
      local index, before, counted = string.match(held[w], '(%d+) (%d+) (%d+)')
      if tonumber(index) == window.index then
        window.before, window.now = tonumber(before), tonumber(counted)
      elseif tonumber(index) == window.index - 1 then
        window.before = tonumber(counted)
      end
    end
    local weighted = window.before * (1 - (now % window.length) / window.length) + window.now
    local room = math.max(math.floor(window.limit - weighted), 0)
    left[window.unit] = math.min(left[window.unit] or room, room)
  end
  local got = {}
  for unit, units in pairs(needed) do
    got[unit] = granted(units, wanted[unit], left[unit], share)
  end
  answer[#answer + 1], answer[#answer + 2] = got.requests, got.cost
  local fields = {}
  for w, window in ipairs(windows) do
    window.now = window.now + got[window.unit]
    fields[#fields + 1] = names[w]
    fields[#fields + 1] = string.format('%d %d %d', window.index, window.before, window.now)
    for _, value in ipairs({window.index, window.before, window.now}) do
      answer[#answer + 1] = value
    end
  end
  if got.requests + got.cost > 0 and #fields > 0 then
    redis.call('HSET', key, unpack(fields))
    redis.call('PEXPIRE', key, 2 * longest)
  end
end
return answer
