-- From a page's text to Pandoc's blocks: shortcodes, parsing, and content that is for one format only.

local insertion = require 'insert'
local problems = require 'problems'

local source = {}

local function read_file(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read('a')
  file:close()
  return text
end

--- The scalar at a dotted path of nested tables, as text; nil if there is none.
local function looked_up(metadata, dotted)
  local value = metadata
  for key in dotted:gmatch('[^.]+') do
    if type(value) ~= 'table' then
      return nil
    end
    value = value[key]
  end
  if type(value) == 'number' then
    value = math.tointeger(value) or value -- JSON has only one kind of number: 64, not 64.0
  end
  return value ~= nil and type(value) ~= 'table' and tostring(value) or nil
end

--- Replace `{{< meta a.b >}}` by its value. It is done in the text, before parsing, so that it also
-- works inside words, table cells and alternative texts.
local function with_shortcodes(text, page, metadata)
  return (text:gsub('{{<%s*(.-)%s*>}}', function(call)
    local key = call:match('^meta%s+(%S+)$')
    if not key then
      problems.add(page, 'only the shortcode {{< meta name >}} is known. Received: {{< ' .. call .. ' >}}')
      return call
    end
    local value = looked_up(metadata, key)
    if not value then
      problems.add(page, 'no scalar has this name in the metadata. Received: {{< ' .. call .. ' >}}')
    end
    return value or key
  end))
end

--- Parse Markdown; what Pandoc warns of (a block left open, a label twice) is a mistake of the page.
local function parsed(text, page)
  local messages, doc = pandoc.log.silence(pandoc.read, text, 'markdown')
  for _, message in ipairs(messages) do
    local told = pandoc.json.decode(pandoc.json.encode(message), false)
    if told.verbosity == 'WARNING' then
      problems.add(page, told.pretty)
    end
  end
  return doc
end

--- A handler for Div and Span that keeps or drops what is marked for one format.
local function conditional(page, format)
  return function(element)
    local visible = element.classes:includes('content-visible')
    if not visible and not element.classes:includes('content-hidden') then
      return nil
    end
    local wanted = element.attributes['when-format']
    if wanted ~= 'html' and wanted ~= 'typst' then
      problems.add(page, 'conditional content needs when-format="html" or "typst". Received: ' .. tostring(wanted))
    end
    if visible == (wanted == format) then
      return element.content
    end
    return {}
  end
end

--- Read one page for one format.
-- @param entry  { path, kind } of the page, path relative to `root`
-- @return a page: path, href, kind, blocks, meta
function source.read(entry, config, format)
  local page = { path = entry.path, kind = entry.kind, href = entry.path:gsub('%.qmd$', '.html') }
  local text = with_shortcodes(read_file(pandoc.path.join { config.root, entry.path }), page, config.metadata)
  local keep = conditional(page, format)
  local doc = parsed(text, page)
  page.meta = doc.meta
  local insert = insertion(config.root, function(inserted) return parsed(inserted, page).blocks end)
  page.blocks = doc.blocks:walk(insert):walk { Div = keep, Span = keep }
  return page
end

return source
