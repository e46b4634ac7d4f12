-- For wrk: GET requests, each with the header line of one signed-in user of many, drawn by chance. Its argument is a file with such
-- lines; an empty line sends no header. At the end it says in one line of JSON what it has seen, times in microseconds.

local requests = {}

function init(arguments)
  for line in io.lines(arguments[1]) do
    local name, value = line:match('^([^:]+): (.+)$')
    local headers = {}
    if name then headers[name] = value end
    requests[#requests + 1] = wrk.format('GET', nil, headers)
  end
end

function request() return requests[math.random(#requests)] end

function done(summary, latency)
  local failed = 0
  for _, count in pairs(summary.errors) do failed = failed + count end
  io.write(string.format('{"requests":%d,"microseconds":%d,"failed":%d,"p50":%d,"p99":%d}\n', summary.requests,
    summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end
