"""What has to happen at once in Redis, as scripts that it runs."""

from typing import Final

# KEYS: the sorted set of what is not due yet, then the streams. ARGV: group, consumer,
# now in ms, after how many ms of silence a job of another worker is taken over, and
# how many jobs to take; then, in the order in which to look: the first stream, the last
# and how many jobs at most.
# Gives ms until the next is due, or -1; then of each job stream, entry, data and
# deliveries.
TAKE: Final = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[3], 'LIMIT', 0, 100)
for _, item in ipairs(due) do
  local cut = string.find(item, '\\n', 1, true)
  local stream, data = string.sub(item, 1, cut - 1), string.sub(item, cut + 1)
  redis.call('XADD', stream, '*', 'data', data)
  redis.call('ZREM', KEYS[1], item)
end
local found, left = {-1}, tonumber(ARGV[5])
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if #next > 0 then found[1] = math.ceil(tonumber(next[2]) - tonumber(ARGV[3])) end
local function add(key, entry, deliveries)
  for _, value in ipairs({key, entry[1], entry[2][2], deliveries}) do
    found[#found + 1] = value
  end
end
local function take(key, most)
  local taken = 0
  local silent = redis.call('XPENDING', key, ARGV[1], 'IDLE', ARGV[4], '-', '+', most)
  for _, pending in ipairs(silent) do
    local claimed = redis.call('XCLAIM', key, ARGV[1], ARGV[2], ARGV[4], pending[1])
    if #claimed > 0 then
      add(key, claimed[1], pending[4] + 1)
      taken = taken + 1
    end
  end
  if taken == most then return taken end
  local fresh = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2],
    'COUNT', most - taken, 'STREAMS', key, '>')
  if fresh then
    for _, entry in ipairs(fresh[1][2]) do
      add(key, entry, 1)
      taken = taken + 1
    end
  end
  return taken
end
for place = 6, #ARGV, 3 do
  local most = math.min(left, tonumber(ARGV[place + 2]))
  for index = tonumber(ARGV[place]), tonumber(ARGV[place + 1]) do
    if most == 0 then break end
    local taken = take(KEYS[index], most)
    most, left = most - taken, left - taken
  end
end
return found
"""

# KEYS: the stream. ARGV: group, consumer, ms of silence to set, then the entries.
# Says of those that are still this consumer's how long they have been silent.
TOUCH: Final = """
for index = 4, #ARGV do
  local entry = ARGV[index]
  local mine = redis.call('XPENDING', KEYS[1], ARGV[1], entry, entry, 1, ARGV[2])
  if #mine > 0 then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, entry,
      'IDLE', ARGV[3], 'JUSTID')
  end
end
return 1
"""

# KEYS: the streams. ARGV: group, ms of silence.
# Forgets workers that have been silent for longer and hold nothing: each that starts
# has a name of its own. One that is there is made again when it looks for jobs.
FORGET: Final = """
for _, key in ipairs(KEYS) do
  for _, told in ipairs(redis.call('XINFO', 'CONSUMERS', key, ARGV[1])) do
    local consumer = {}
    for place = 1, #told, 2 do consumer[told[place]] = told[place + 1] end
    if consumer['pending'] == 0 and consumer['idle'] > tonumber(ARGV[2]) then
      redis.call('XGROUP', 'DELCONSUMER', key, ARGV[1], consumer['name'])
    end
  end
end
return 1
"""
