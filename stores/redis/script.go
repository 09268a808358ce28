package redisstorage

import "github.com/redis/go-redis/v9"

// The scripts. They are sent by their digest, and in full only to a Redis that does not have them yet. A lifetime of
// zero seconds is forever.
var (
	takeScript = redis.NewScript(`
local value = redis.call('GET', KEYS[1])
if value then redis.call('DEL', KEYS[1]) end
return value`)

	// The sum is returned as text, since a number of Lua is exact only up to 2^53.
	incrementScript = redis.NewScript(`
if redis.call('SET', KEYS[1], '1', 'EX', ARGV[1], 'NX') then return '1' end
redis.call('INCR', KEYS[1])
return redis.call('GET', KEYS[1])`)

	replaceScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[3] == '0' then
	redis.call('SET', KEYS[1], ARGV[2])
else
	redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
return 1`)

	deleteIfScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`)

	// The arguments are the prefix of the second key and the path that leads to the rest of it. The answer is the value,
	// and if that points somewhere, where to and what is there.
	linkScript = redis.NewScript(`
local value = redis.call('GET', KEYS[1])
if not value then return false end
local ok, at = pcall(cjson.decode, value)
if not ok then return {value} end
for i = 2, #ARGV do
	if type(at) ~= 'table' then return {value} end
	at = at[ARGV[i]]
end
if type(at) ~= 'string' then return {value} end
return {value, at, redis.call('GET', ARGV[1] .. at)}`)
)
