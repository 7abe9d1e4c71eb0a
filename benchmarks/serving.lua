-- Cheap lookups by wrk: SPARQL about one thing after another, and pages, so that few are asked twice.
-- Arguments: the path of the endpoint, the file of keys, and "new" when nothing may come from what a server has kept.
local keys, endpoint, new, count = {}, "/sparql", false, 0

function init(arguments)
  endpoint, new = arguments[1], arguments[3] == "new"
  for line in io.lines(arguments[2]) do keys[#keys + 1] = line end
  math.randomseed(tonumber(tostring({}):match("0x(%x+)"), 16))
end

local function encode(text)
  return (text:gsub("[^%w]", function(sign) return string.format("%%%02X", sign:byte()) end))
end

local queries = {
  "SELECT ?p ?o { <%s> ?p ?o }",
  "SELECT ?label { <%s> <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }",
  "SELECT ?s ?p { ?s ?p <%s> } LIMIT 20",
}

function request()
  count = count + 1
  local query = string.format(queries[count % #queries + 1], keys[math.random(#keys)])
  if new then query = query .. " #" .. math.random(1e9) end
  return wrk.format("GET", endpoint .. "?query=" .. encode(query), { Accept = "application/sparql-results+json" })
end

function done(summary, latency)
  io.write(string.format(
    "FIGURES %d %.1f %d %d %d %d\n", summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(95),
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
