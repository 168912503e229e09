-- Writes the normal form of all pages as the body of one Typst document. Its functions (book-figure,
-- callout, …) stand in book.typ. Numbers are given, not counted again, so that they are those of the HTML.

local links = require 'links'
local words = require 'words'

local typst = {}

local OPTIONS = pandoc.WriterOptions { wrap_text = 'none' }

local function raw(text)
  return pandoc.RawInline('typst', text)
end

--- A Typst string literal.
local function quoted(text)
  return '"' .. text:gsub('[\\"]', '\\%0'):gsub('\n', '\\n') .. '"'
end

--- A paragraph that is nothing but Typst code around some inlines.
local function around(before, inlines, after)
  local content = pandoc.Inlines { raw(before) }
  content:extend(inlines)
  content:insert(raw(after))
  return pandoc.Para(content)
end

local function block_of(before, content, after)
  local result = pandoc.Blocks { before }
  result:extend(content)
  result:insert(pandoc.RawBlock('typst', after))
  return result
end

--- The label of something on a page. Only labels that Quarto makes book-wide are unique by themselves.
local function label(page, id)
  if id:match('^fig%-') or id:match('^tbl%-') or id:match('^eq%-') or id:match('^sec%-') or id:match('^ref%-') then
    return '<' .. id .. '>'
  end
  return ('<%s--%s>'):format(page.path:gsub('%.qmd$', ''):gsub('[^%w]', '-'), id)
end

local function maybe_label(page, id)
  return id ~= '' and ' ' .. label(page, id) or ''
end

local function header(page)
  return function(el)
    local before = ('#book-heading(%d, %s)['):format(el.level, quoted(el.attributes.number or ''))
    return around(before, el.content, ']' .. label(page, el.identifier))
  end
end

local function caption_of(element)
  return pandoc.utils.blocks_to_inlines(element.caption.long)
end

local function figure(page)
  return function(el)
    local before = around(('#book-figure("image", %s, ['):format(quoted(el.attributes.number or '')), caption_of(el), '])[')
    return block_of(before, el.content, ']' .. maybe_label(page, el.identifier))
  end
end

--- Set the relative widths of the columns that the page asks for; otherwise their contents decide.
local function size_columns(tbl)
  local asked = tbl.attributes['tbl-colwidths'] or ''
  local widths = pandoc.List()
  for width in asked:gmatch('[%d.]+') do
    widths:insert(tonumber(width) / 100)
  end
  for i, spec in ipairs(tbl.colspecs) do
    tbl.colspecs[i] = { spec[1], widths[i] }
  end
end

local function fitted_table(page)
  return function(tbl)
    size_columns(tbl)
    local id, caption = tbl.identifier, caption_of(tbl)
    local head = ('#book-table(%s, %d, ['):format(quoted(tbl.attributes.number or ''), #tbl.bodies[1].body)
    tbl.caption, tbl.attr = { long = {} }, pandoc.Attr('', { 'typst:no-figure' })
    return block_of(around(head, caption, '])['), { tbl }, ']' .. maybe_label(page, id))
  end
end

local function equation(page)
  return function(span)
    if not span.classes:includes('equation') then
      return nil
    end
    local content = pandoc.Inlines { raw(('#book-equation(%s)['):format(quoted(span.attributes.number))) }
    content:extend(span.content)
    content:insert(raw(']' .. label(page, span.identifier)))
    return content
  end
end

--- A formula says in letters what it shows. Typst sets the two columns of `cases` without a space between them, and
--- Pandoc gives it none for a medium or a thick one.
local function math(el)
  local read_aloud = pandoc.write(pandoc.Pandoc(pandoc.Plain { el }), 'plain', OPTIONS):gsub('%s+', ' ')
  el.text = el.text:gsub('\\[:;]', '\\,\\,'):gsub('\\begin{cases}.-\\end{cases}', function(cases) return (cases:gsub('&', '&\\quad ')) end)
  return { raw(('#spoken(%s)['):format(quoted(read_aloud))), el, raw(']') }
end

local function code_block(code)
  local language = code.classes[1] and quoted(code.classes[1]) or 'none'
  local filename = quoted(code.attributes.filename or '')
  return pandoc.RawBlock('typst', ('#book-code(%s, %s, %s)'):format(language, filename, quoted(code.text)))
end

local function title_of(div)
  return div.content:remove(1).content[1].content
end

local function known_div(page)
  return function(div)
    if div.classes:includes('callout') then
      return block_of(around(('#callout(%s, ['):format(quoted(div.classes[2])), title_of(div), '])['), div.content, ']')
    elseif div.classes:includes('tab') then
      return block_of(around('#tab([', title_of(div), '])['), div.content, ']')
    elseif div.classes:includes('tabset') or div.classes:includes('live') then
      return div.content
    elseif div.classes:includes('layout') then
      return block_of(pandoc.RawBlock('typst', ('#columns-of-figures(%s)['):format(div.attributes.ncol)), div.content, ']')
    elseif div.classes:includes('csl-entry') then
      return block_of(pandoc.RawBlock('typst', '#reference['), div.content, ']' .. label(page, div.identifier))
    elseif div.identifier == 'refs' then
      return div.content
    end
  end
end

local function image(book, page)
  return function(img)
    local path = '/' .. links.file(book, page, img.src)
    local alt = img.attributes['fig-alt'] or pandoc.utils.stringify(img.caption)
    local width = img.attributes.width or 'none'
    return raw(('#book-image(%s, %s, %s)'):format(quoted(path), width, quoted(alt)))
  end
end

--- Links to files beside the book are only their words: a PDF travels alone.
local function link(book, page)
  return function(el)
    local to = links.destination(book, page, el.target)
    if to and to.page then
      local content = pandoc.Inlines { raw(('#link(%s)['):format(label(to.page, to.anchor))) }
      content:extend(el.content)
      content:insert(raw(']'))
      return content
    end
    return to and to.url and el or el.content
  end
end

--- The front matter of a page may ask for two columns below its title, and that it begins a new page.
local function laid_out(page, body)
  local title = body:remove(1)
  local result = page.meta['two-columns'] and block_of(pandoc.RawBlock('typst', '#two-columns['), body, ']') or body
  result:insert(1, title)
  if page.meta['new-page'] then
    result:insert(1, pandoc.RawBlock('typst', '#pagebreak(weak: true)'))
  end
  return result
end

--- One page as Typst.
function typst.write(book, page)
  local body = page.blocks:walk { Link = link(book, page), Image = image(book, page) }
  body = body:walk {
    Header = header(page), Figure = figure(page), Table = fitted_table(page), Span = equation(page), CodeBlock = code_block,
    Div = known_div(page), Math = math, Str = words[1].Str,
  }
  return pandoc.write(pandoc.Pandoc(laid_out(page, body)), 'typst', OPTIONS)
end

return typst
