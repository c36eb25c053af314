"""What has to happen at once in Redis, as scripts that it runs."""

from typing import Final

# KEYS: the sorted set of what is not due yet, then the streams in the order in which to
# look at them. ARGV: group, consumer, now in ms, and after how many ms of silence a job
# of another worker is taken over.
# Gives {stream, entry, data, deliveries}, or {ms until the next is due, or -1}.
TAKE: Final = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[3], 'LIMIT', 0, 100)
for _, item in ipairs(due) do
  local cut = string.find(item, '\\n', 1, true)
  local stream, data = string.sub(item, 1, cut - 1), string.sub(item, cut + 1)
  redis.call('XADD', stream, '*', 'data', data)
  redis.call('ZREM', KEYS[1], item)
end
for index = 2, #KEYS do
  local key = KEYS[index]
  local silent = redis.call('XPENDING', key, ARGV[1], 'IDLE', ARGV[4], '-', '+', 1)
  if #silent > 0 then
    local claimed = redis.call('XCLAIM', key, ARGV[1], ARGV[2], ARGV[4], silent[1][1])
    if #claimed > 0 then
      return {key, claimed[1][1], claimed[1][2][2], silent[1][4] + 1}
    end
  end
  local fresh = redis.call(
    'XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', 1, 'STREAMS', key, '>')
  if fresh then
    local entry = fresh[1][2][1]
    return {key, entry[1], entry[2][2], 1}
  end
end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if #next == 0 then return {-1} end
return {math.ceil(tonumber(next[2]) - tonumber(ARGV[3]))}
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
