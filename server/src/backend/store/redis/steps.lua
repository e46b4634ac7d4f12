-- What the store does in Redis, each function as one step. ARGV: the function's name, then its arguments, all of them strings;
-- an empty string is none. Times are milliseconds; `now` and what is compared with it are by the clock of the client, lives and
-- the index by that of Redis. Keys are made here, so this is for one Redis and its replicas, not for a cluster.

local MAX_LISTED = 10000
local MAX_PER_USER = 100

local call = redis.call

-- No client has an empty name.
local function shared(kind, id) return 'hallpass::' .. kind .. ':' .. id end
local function own(client, kind, id) return 'hallpass:' .. client .. ':' .. kind .. ':' .. id end

-- To the microsecond: of two that begin in one millisecond the first ends first.
local function real_now()
  local time = call('TIME')
  return time[1] * 1000 + time[2] / 1000
end

local function ms(number) return string.format('%.0f', number) end
local function score(number) return string.format('%.3f', number) end

-- Adds to a set whose members end, forgets those that did, and lets the set end with its last.
local function add_ending(key, member, life)
  local now = real_now()
  call('ZREMRANGEBYSCORE', key, '-inf', score(now))
  call('ZADD', key, score(now + life), member)
  local last = call('ZRANGE', key, -1, -1, 'WITHSCORES')
  call('PEXPIREAT', key, ms(math.ceil(tonumber(last[2]))))
end

-- Every user's sessions ('s:' and the hash) and families ('f:' and the id).
local function index(client, user) return own(client, 'index', user) end

local function list_revoked(client, id, left)
  local key = shared('revoked', '')
  add_ending(key, client .. '/' .. id, left)
  call('ZREMRANGEBYRANK', key, 0, -MAX_LISTED - 1)
end

local function add_opaque(client, family, hash, expires, left)
  local key = own(client, 'opaque', hash)
  call('HSET', key, 'family', family, 'expires', expires)
  call('PEXPIRE', key, left)
end

local function add_refresh(client, family, hash, now, expires)
  local key = own(client, 'refresh', hash)
  call('HSET', key, 'family', family, 'expires', expires)
  call('PEXPIRE', key, ms(expires - now))
end

local function end_session(client, hash)
  local key = own(client, 'session', hash)
  local user = call('HGET', key, 'id')
  if user then call('ZREM', index(client, user), 's:' .. hash) end
  call('DEL', key)
end

local function end_family(client, family, left)
  local key = own(client, 'family', family)
  local user = call('HGET', key, 'id')
  if not user then return end
  -- It is remembered for as long as access tokens of it may be around.
  call('HSET', key, 'revoked', 1)
  call('PEXPIRE', key, left)
  for _, hash in ipairs(call('HMGET', key, 'token', 'before')) do
    if hash then call('PEXPIRE', own(client, 'refresh', hash), left) end
  end
  call('ZREM', index(client, user), 'f:' .. family)
  list_revoked(client, family, left)
end

local function end_all_of(client, user, keep, left)
  for _, member in ipairs(call('ZRANGE', index(client, user), 0, -1)) do
    local id = string.sub(member, 3)
    if member ~= keep then
      if string.sub(member, 1, 1) == 's' then end_session(client, id) else end_family(client, id, left) end
    end
  end
end

-- Ends what of a user would end first, of the kind 's' or 'f', if there is one too many.
local function make_room(client, user, kind, left)
  local of_kind = {}
  for _, member in ipairs(call('ZRANGE', index(client, user), 0, -1)) do
    if string.sub(member, 1, 1) == kind then table.insert(of_kind, string.sub(member, 3)) end
  end
  for n = 1, #of_kind - MAX_PER_USER do
    if kind == 's' then end_session(client, of_kind[n]) else end_family(client, of_kind[n], left) end
  end
end

-- For the tests' tools only: it looks at every key.
local function keys_like(pattern) return call('KEYS', pattern) end

local run = {}

function run.secret(name, fresh)
  call('SET', shared('secret', name), fresh, 'NX')
  return call('GET', shared('secret', name))
end

function run.has_users() return call('EXISTS', shared('users', '')) end

function run.add_user(id, email, user, password)
  if call('SADD', shared('users', ''), id) == 0 then return end
  call('HSET', shared('user', id), 'user', user, 'password', password)
  call('SET', shared('email', email), id)
end

function run.account(email)
  local id = call('GET', shared('email', email))
  return id and call('HMGET', shared('user', id), 'user', 'password')
end

function run.set_password(client, user, password, keep, left)
  call('HSET', shared('user', user), 'password', password)
  end_all_of(client, user, keep, left)
end

-- 0, or how long to wait.
function run.login_attempt(client, address, now, window, most)
  local key, recent = own(client, 'failures', address), {}
  for _, failed in ipairs(call('LRANGE', key, 0, -1)) do
    -- A clock that was set back leaves failures of the future behind; they do not count.
    if now - failed >= 0 and now - failed < tonumber(window) then table.insert(recent, failed) end
  end
  if #recent >= tonumber(most) then return window - (now - recent[1]) end
  table.insert(recent, now)
  call('DEL', key)
  call('RPUSH', key, unpack(recent))
  call('PEXPIRE', key, window)
  return 0
end

function run.login_forgiven(client, by) call('RPOP', own(client, 'failures', by)) end

function run.login_succeeded(client, address) call('DEL', own(client, 'failures', address)) end

function run.start_session(client, hash, nonce, id, user, now, life, replaces)
  if replaces ~= '' then end_session(client, replaces) end
  local key = own(client, 'session', hash)
  call('HSET', key, 'nonce', nonce, 'id', id, 'user', user, 'created', now, 'seen', now)
  call('PEXPIRE', key, life)
  add_ending(index(client, id), 's:' .. hash, life)
  make_room(client, id, 's')
end

function run.touch_session(client, hash, now, idle, absolute)
  local key = own(client, 'session', hash)
  local nonce, id, user, created, seen = unpack(call('HMGET', key, 'nonce', 'id', 'user', 'created', 'seen'))
  if not nonce then return false end
  if tonumber(seen) <= now - idle or tonumber(created) <= now - absolute then
    end_session(client, hash)
    return false
  end
  local life = ms(math.min(idle, created + absolute - now))
  call('HSET', key, 'seen', now)
  call('PEXPIRE', key, life)
  add_ending(index(client, id), 's:' .. hash, life)
  return { nonce, user }
end

run.end_session = end_session

function run.start_family(client, family, mode, nonce, id, user, now, expires, life, must_end, left, refresh, opaque, opaque_expires, opaque_left)
  local key = own(client, 'family', family)
  call('HSET', key, 'mode', mode, 'nonce', nonce, 'id', id, 'user', user, 'revoked', 0, 'must_end', must_end, 'token', refresh)
  call('PEXPIRE', key, life)
  add_ending(index(client, id), 'f:' .. family, life)
  make_room(client, id, 'f', left)
  if refresh ~= '' then add_refresh(client, family, refresh, now, expires) end
  if opaque ~= '' then add_opaque(client, family, opaque, opaque_expires, opaque_left) end
end

function run.refresh_token(client, mode, hash)
  local family, expires, rotated = unpack(call('HMGET', own(client, 'refresh', hash), 'family', 'expires', 'rotated'))
  if not family then return false end
  local nonce, user, revoked, own_mode, must_end =
    unpack(call('HMGET', own(client, 'family', family), 'nonce', 'user', 'revoked', 'mode', 'must_end'))
  if not nonce or (mode ~= '' and mode ~= own_mode) then return false end
  local answer = call('GET', own(client, 'answer', hash))
  return { family, nonce, user, revoked, must_end or expires, expires, rotated or '', answer or '' }
end

function run.family(client, mode, family)
  local nonce, user, revoked, own_mode, must_end =
    unpack(call('HMGET', own(client, 'family', family), 'nonce', 'user', 'revoked', 'mode', 'must_end'))
  if not nonce or mode ~= own_mode then return false end
  return { nonce, user, revoked, must_end or '0' }
end

-- 1 if this one took place.
function run.rotate(client, family, old, new, now, expires, life, answer, grace, opaque, opaque_expires, opaque_left)
  local known, ends, rotated = unpack(call('HMGET', own(client, 'refresh', old), 'family', 'expires', 'rotated'))
  if known ~= family or rotated or tonumber(ends) <= tonumber(now) then return 0 end
  local key = own(client, 'family', family)
  local id, revoked, before = unpack(call('HMGET', key, 'id', 'revoked', 'before'))
  if not id or revoked == '1' then return 0 end
  -- Of a family the token in force is kept, and the one before it.
  if before then call('DEL', own(client, 'refresh', before), own(client, 'answer', before)) end
  call('HSET', key, 'before', old, 'token', new)
  call('HSET', own(client, 'refresh', old), 'rotated', now)
  if answer ~= '' then call('SET', own(client, 'answer', old), answer, 'PX', grace) end
  call('PEXPIRE', key, life)
  add_ending(index(client, id), 'f:' .. family, life)
  add_refresh(client, family, new, now, expires)
  if opaque ~= '' then add_opaque(client, family, opaque, opaque_expires, opaque_left) end
  return 1
end

run.add_opaque = add_opaque

function run.family_of_opaque(client, hash, now)
  local family, expires = unpack(call('HMGET', own(client, 'opaque', hash), 'family', 'expires'))
  if not family or (expires ~= '' and tonumber(expires) <= tonumber(now)) then return false end
  return family
end

function run.end_opaque(client, hash) call('DEL', own(client, 'opaque', hash)) end

run.end_family = end_family

function run.revoke_jti(client, jti, left)
  call('SET', own(client, 'jti', jti), 1, 'PX', left)
  list_revoked(client, jti, left)
end

function run.access(client, mode, family, jti)
  if jti ~= '' and call('EXISTS', own(client, 'jti', jti)) == 1 then return false end
  local own_mode, user, revoked = unpack(call('HMGET', own(client, 'family', family), 'mode', 'user', 'revoked'))
  return own_mode == mode and revoked == '0' and user
end

function run.revoked()
  return call('ZREVRANGEBYSCORE', shared('revoked', ''), '+inf', '(' .. ms(real_now()), 'LIMIT', 0, MAX_LISTED)
end

run.end_all_of = end_all_of

function run.keys(client) return call('GET', own(client, 'keys', '')) end

-- 1 if the keys were still the `old` ones.
function run.set_keys(client, old, new)
  local key = own(client, 'keys', '')
  if (call('GET', key) or '') ~= old then return 0 end
  call('SET', key, new)
  return 1
end

function run.end_all(client, left)
  for _, user in ipairs(call('SMEMBERS', shared('users', ''))) do end_all_of(client, user, '', left) end
end

function run.forget_opaque(client)
  for _, key in ipairs(keys_like(own(client, 'opaque', '*'))) do call('DEL', key) end
end

function run.rotate_csrf(client, seed)
  for _, kind in ipairs({ 'session', 'family' }) do
    for _, key in ipairs(keys_like(own(client, kind, '*'))) do call('HSET', key, 'nonce', redis.sha1hex(seed .. key)) end
  end
end

function run.reset(client)
  for _, key in ipairs(keys_like('hallpass:' .. client .. ':*')) do call('DEL', key) end
end

return run[ARGV[1]](unpack(ARGV, 2))
