-- What wrk sends and prints. Arguments after `--`: what to send (get, replydesk, isso or wordpress), a seed, a file of
-- words, and the numbers of the articles. Every body has words, a name and an address that no other has.
local words = {}
local domains = { "example.org", "example.com", "example.net", "mail.example", "post.example", "inbox.example" }
local kind, seed, places, sent = "get", 1, {}, 0

function init(args)
  kind, seed = args[1] or "get", tonumber(args[2] or "1")
  for word in io.lines(args[3]) do words[#words + 1] = word end
  for place = 4, #args do places[#places + 1] = args[place] end
  math.randomseed(seed)
end

local function comment()
  local said = {}
  for place = 1, 20 do said[place] = words[math.random(#words)] end
  local text = table.concat(said, " ")
  return string.upper(string.sub(text, 1, 1)) .. string.sub(text, 2) .. "."
end

local function post(place, content_type, body)
  wrk.headers["Content-Type"] = content_type
  return wrk.format("POST", place, nil, body)
end

local senders = {}

function senders.replydesk(name, email, text, number)
  local body = '{"site":"demo","thread":{"key":"load-%d","url":"https://news.example/load-%d","title":"Load %d"},'
    .. '"name":"%s","email":"%s","text":"%s"}'
  return post("/api/v1/comments", "application/json", string.format(body, number, number, number, name, email, text))
end

function senders.isso(name, email, text, number)
  local body = '{"author":"%s","email":"%s","text":"%s","title":"Load %d","website":null,"parent":null}'
  return post("/new?uri=/load-" .. number .. "/", "application/json", string.format(body, name, email, text, number))
end

function senders.wordpress(name, email, text, number)
  local body = string.format("author=%s&email=%s&url=&comment=%s&comment_post_ID=%s&comment_parent=0",
    name, email, text, places[number])
  body = string.gsub(string.gsub(body, " ", "+"), "@", "%%40")
  return post("/wp-comments-post.php", "application/x-www-form-urlencoded", body)
end

function request()
  if kind == "get" then return wrk.format() end
  sent = sent + 1
  local who = string.format("%d-%d", seed, sent)
  local email = "reader" .. who .. "@" .. domains[math.random(#domains)]
  return senders[kind]("Reader " .. who, email, comment(), math.random(#places))
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('JSON{"seconds":%.3f,"answers":%d,"refused":%d,"broken":%d,"bytes":%d,"p50_ms":%.2f,"p99_ms":%.2f}\n',
    summary.duration / 1e6, summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.bytes, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
