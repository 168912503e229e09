-- The embedded renderer: reads the pages of a book and writes, as JSON on the standard output, each page
-- in each format. A format is the module here of its name, with a function `write`.
--
-- Usage: pandoc lua book.lua config.json, with
--   root          the folder of the book
--   formats       names of formats
--   pages         list of { path, kind }, kind "chapter" or "appendix"
--   metadata      nested tables for {{< meta … >}}
--   bibliography  path of the .bib file, if there is one
-- It prints { written, files }: what became of each page, by format, and the files that the pages need
-- beside them. If the pages have mistakes, it prints all of them on the standard error and ends with status 1.

package.path = pandoc.path.directory(arg[0]) .. '/?.lua;' .. package.path

local problems = require 'problems'
local source = require 'source'
local blocks = require 'blocks'
local numbering = require 'numbering'
local crossref = require 'crossref'
local links = require 'links'

--- Read all pages for one format, with numbers, cross-references and citations resolved.
local function read_book(config, format, files)
  local book = { root = config.root, pages = pandoc.List(), page_at = {}, files = files }
  for _, entry in ipairs(config.pages) do
    local page = source.read(entry, config, format)
    blocks.normalise(page)
    book.pages:insert(page)
    book.page_at[page.path] = page
  end
  problems.stop_if_any()
  crossref.resolve(book.pages, numbering.number(book.pages))
  crossref.cite(book.pages, config.bibliography)
  links.collect_anchors(book.pages)
  return book
end

local function write_book(book, writer)
  local written = book.pages:map(function(page) return writer.write(book, page) end)
  problems.stop_if_any()
  return written
end

local function sorted_keys(set)
  local keys = pandoc.List()
  for key in pairs(set) do
    keys:insert(key)
  end
  keys:sort()
  return keys
end

local file = assert(io.open(arg[1], 'rb'))
local config = pandoc.json.decode(file:read('a'), false)
file:close()

local written, files = {}, {}
for _, format in ipairs(config.formats) do
  written[format] = write_book(read_book(config, format, files), require(format))
end
print(pandoc.json.encode { written = written, files = sorted_keys(files) })
