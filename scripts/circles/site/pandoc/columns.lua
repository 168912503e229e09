-- For Quarto's PDF: two columns below the title of a page whose front matter asks for them, and a new page above
-- the title where it asks for that. All chapters are one document there, in which the front matters are gone. And
-- captions of tables without a number, which Quarto leaves out, and the picture of the title page.

local is_open = false

-- The front matter of a chapter, between two ends of a line; of a heading that has no file, none.
local function front_matter(path)
  local file = path and io.open(pandoc.path.join { quarto.project.directory or '.', path }, 'rb')
  if not file then
    return ''
  end
  local matter = file:read('a'):match('^%-%-%-(\n.-\n)%-%-%-\n') or ''
  file:close()
  return matter
end

local function close()
  local was_open = is_open
  is_open = false
  return was_open and { pandoc.RawBlock('typst', ']') } or {}
end

local function header(el)
  local state = quarto.doc.file_metadata()
  local path = state and state.file and state.file.bookItemFile
  if el.level ~= 1 or not quarto.doc.is_format('typst') then
    return nil
  end
  local matter = front_matter(path)
  local blocks = pandoc.Blocks(close())
  if matter:find('\nnew-page: true\n', 1, true) then
    blocks:insert(pandoc.RawBlock('typst', '#pagebreak(weak: true)'))
  end
  blocks:insert(el)
  if matter:find('\ntwo-columns: true\n', 1, true) then
    blocks:insert(pandoc.RawBlock('typst', '#two-columns['))
    is_open = true
  end
  return blocks
end

-- A table with a number has its caption elsewhere by now.
local function with_caption(el)
  local caption = el.caption.long
  if #caption == 0 or el.identifier ~= '' or not quarto.doc.is_format('typst') then
    return nil
  end
  el.caption = pandoc.Caption({})
  local blocks = pandoc.Blocks { pandoc.RawBlock('typst', '#table-caption[') }
  blocks:extend(caption)
  blocks:extend { pandoc.RawBlock('typst', ']'), el }
  return blocks
end

-- The first picture is on the title page too, as in the PDF of the embedded renderer.
local function document(doc)
  doc.blocks:extend(close())
  if doc.meta.cover == nil and quarto.doc.is_format('typst') then
    local cover
    doc.blocks:walk { Image = function(el) cover = cover or el.src end }
    if cover then
      doc.meta.cover = pandoc.MetaInlines { pandoc.RawInline('typst', (cover:gsub('[\\"]', '\\%0'))) }
    end
  end
  return doc
end

return quarto.utils.combineFilters {
  quarto.utils.file_metadata_filter(),
  { Header = header, Table = with_caption, Pandoc = document },
}
