-- Takes units out of the windows of each key, all at once; app/limits/rules.py has the formulas.
-- ARGV has one text of words, which is read and sent faster than many arguments: the moment in ms (-1: this server's),
-- then for each key the number of windows, and for each its unit, its length in ms, its limit and the part of what is
-- left that may be taken ahead; the number of prices that are to be paid, and for each its requests, its cost and how
-- many times; and requests and cost that are wanted ahead.
-- Gives words again: the moment, then for each key how many times each price is paid, requests and cost taken ahead,
-- and of each window its index, before and now.
local word, answer = string.gmatch(ARGV[1], '%S+'), {}

local function number()
  return tonumber(word())
end

local now = number()
if now < 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

answer[1] = now
for _, key in ipairs(KEYS) do
  local windows, names, left, longest = {}, {}, {requests = math.huge, cost = math.huge}, 0
  for w = 1, number() do
    windows[w] = {unit = word(), length = number(), limit = number(), share = number()}
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
    window.room = math.max(math.floor(window.limit - weighted), 0)
    left[window.unit] = math.min(left[window.unit], window.room)
  end

  local taken, is_all = {requests = 0, cost = 0}, true
  local function take(unit, units)
    taken[unit], left[unit] = taken[unit] + units, left[unit] - units
  end
  for _ = 1, number() do
    local requests, cost, times = number(), number(), number()
    local paid = times
    if requests > 0 then paid = math.min(paid, math.floor(left.requests / requests)) end
    if cost > 0 then paid = math.min(paid, math.floor(left.cost / cost)) end
    take('requests', paid * requests)
    take('cost', paid * cost)
    is_all = is_all and paid == times
    answer[#answer + 1] = paid
  end
  local ahead = {requests = number(), cost = number()}
  for _, window in ipairs(windows) do
    local most = math.floor((window.room - taken[window.unit]) / window.share)
    ahead[window.unit] = math.min(ahead[window.unit], most)
  end
  for _, unit in ipairs({'requests', 'cost'}) do
    ahead[unit] = is_all and ahead[unit] or 0
    take(unit, ahead[unit])
    answer[#answer + 1] = ahead[unit]
  end

  local fields = {}
  for w, window in ipairs(windows) do
    window.now = window.now + taken[window.unit]
    fields[#fields + 1] = names[w]
    fields[#fields + 1] = string.format('%d %d %d', window.index, window.before, window.now)
    for _, value in ipairs({window.index, window.before, window.now}) do
      answer[#answer + 1] = value
    end
  end
  if taken.requests + taken.cost > 0 and #fields > 0 then
    redis.call('HSET', key, unpack(fields))
    redis.call('PEXPIRE', key, 2 * longest)
  end
end
for at, value in ipairs(answer) do
  answer[at] = string.format('%d', value)
end
return table.concat(answer, ' ')
