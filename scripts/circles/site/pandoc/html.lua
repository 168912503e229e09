-- Writes a page's normal form as HTML. No inline styles: what CSS decides is said by classes.

local decimals = require 'decimals'
local links = require 'links'
local live = require 'live'
local problems = require 'problems'

local html = {}

local OPTIONS = pandoc.WriterOptions { html_math_method = 'mathml', wrap_text = 'none' }

local function escaped(text)
  return (text:gsub('[&<>"]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }))
end

local function raw(text)
  return pandoc.RawBlock('html', text)
end

--- Blocks between an opening and a closing tag.
local function wrapped(opening, content, closing)
  local result = pandoc.Blocks { raw(opening) }
  result:extend(content)
  result:insert(raw(closing))
  return result
end

local function class_attribute(class)
  return pandoc.Attr('', { class })
end

--- HTML of some inlines, without notes and without links: what a heading looks like in a list.
local function plain_html(inlines)
  local bare = inlines:walk {
    Note = function() return {} end,
    Link = function(link) return link.content end,
  }
  return pandoc.write(pandoc.Pandoc { pandoc.Plain(bare) }, 'html5', OPTIONS)
end

local function header(toc)
  return function(el)
    local number = el.attributes.number
    local entry = { id = el.identifier, number = number or '', title = plain_html(el.content), level = el.level }
    if el.level <= 3 and not el.classes:includes('unlisted') then
      toc:insert(entry)
    end
    if number then
      el.content:insert(1, pandoc.Space())
      el.content:insert(1, pandoc.Span(number, class_attribute('section-number')))
    end
    local words = 'Link to this section: ' .. pandoc.utils.stringify(el.content)
    el.content:insert(pandoc.Link({}, '#' .. el.identifier, '', { class = 'anchor', ['aria-label'] = words }))
    el.attr = pandoc.Attr(el.identifier, el.classes)
    return el
  end
end

--- "Figure 2.1: " before a caption; "(a) " before the caption of a part; nothing without a number.
local function caption_label(noun, number)
  if not number then
    return {}
  end
  local text = number:match('^%(') and number .. ' ' or ('%s\u{a0}%s: '):format(noun, number)
  return { pandoc.Span(text, class_attribute('caption-label')) }
end

local function captioned(noun, element)
  local caption = pandoc.Inlines(caption_label(noun, element.attributes.number))
  caption:extend(pandoc.utils.blocks_to_inlines(element.caption.long))
  return caption
end

local function figure(el)
  el.caption = { long = { pandoc.Plain(captioned('Figure', el)) } }
  el.attr = pandoc.Attr(el.identifier)
  return el
end

-- A table of so many columns is set closer.
local WIDE = 8
--- Widths are said by classes too, in whole steps of 5 %.
local function width_class(percent)
  return ('width-%d'):format(math.floor(percent / 5 + 0.5) * 5)
end

local ALIGN = { AlignLeft = 'left', AlignRight = 'right', AlignCenter = 'center' }

-- A column of longer texts is not squeezed to a word a line.
local PROSE = 20
local function is_prose(tbl, column)
  for _, row in ipairs(tbl.bodies[1].body) do
    if #pandoc.utils.stringify(row.cells[column].contents) > PROSE then
      return true
    end
  end
  return false
end

--- Say alignment and width by classes of the cells: Pandoc would say them by inline styles.
local function class_cells(tbl)
  local widths = pandoc.List()
  for percent in (tbl.attributes['tbl-colwidths'] or ''):gmatch('[%d.]+') do
    widths:insert(width_class(percent))
  end
  local prose = {}
  for i, spec in ipairs(tbl.colspecs) do
    prose[i] = spec[1] ~= 'AlignRight' and is_prose(tbl, i) and 'prose' or nil
  end
  local function class_row(row)
    for i, cell in ipairs(row.cells) do
      cell.attr = pandoc.Attr('', pandoc.List { ALIGN[tbl.colspecs[i][1]] or 'left', widths[i] or prose[i] })
    end
    return row
  end
  decimals.align(tbl)
  tbl.head.rows = tbl.head.rows:map(class_row)
  for _, body in ipairs(tbl.bodies) do
    body.body = body.body:map(class_row)
  end
  tbl.colspecs = tbl.colspecs:map(function() return { pandoc.AlignDefault, nil } end)
end

--- A table scrolls sideways in a region of its own where the window is narrow.
local function scrolling_table(tbl)
  class_cells(tbl)
  local id = tbl.identifier
  local caption = pandoc.Plain(captioned('Table', tbl))
  local has_caption = #caption.content > 0
  local classes = #tbl.colspecs >= WIDE and { 'wide' } or {}
  tbl.caption, tbl.attr = { long = {} }, pandoc.Attr('', classes)
  local name = has_caption and ('aria-labelledby="%s-caption"'):format(id) or 'aria-label="Table"'
  local region = wrapped(('<div class="table-scroll" role="region" tabindex="0" %s>'):format(name), { tbl }, '</div>')
  if not has_caption then
    return region
  end
  local content = wrapped(('<figcaption id="%s-caption">'):format(id), { caption }, '</figcaption>')
  content:extend(region)
  return wrapped(('<figure id="%s" class="table">'):format(id), content, '</figure>')
end

local function equation(span)
  if span.classes:includes('equation') then
    span.content:insert(pandoc.Span('(' .. span.attributes.number .. ')', class_attribute('equation-number')))
    span.attr = pandoc.Attr(span.identifier, { 'equation' })
    return span
  end
end

local function folded(summary, class, content)
  local opening = ('<details class="%s"><summary>%s</summary>'):format(class, summary)
  return wrapped(opening, content, '</details>')
end

local function code_block(code)
  local options = code.attributes
  local result = pandoc.Blocks { pandoc.CodeBlock(code.text, pandoc.Attr('', { code.classes[1] })) }
  if options.filename then
    result:insert(1, raw('<p class="filename">' .. escaped(options.filename) .. '</p>'))
  end
  if options['code-fold'] ~= 'true' then
    return wrapped('<div class="code">', result, '</div>')
  end
  return folded(escaped(options['code-summary'] or 'Code'), 'code', result)
end

local function callout(div)
  local title = plain_html(div.content:remove(1).content[1].content)
  local class = table.concat(div.classes, ' ')
  if div.attributes.collapse == 'true' then
    return folded(title, class, div.content)
  end
  local opening = ('<div class="%s" role="note"><p class="title">%s</p>'):format(class, title)
  return wrapped(opening, div.content, '</div>')
end

local function known_div(div)
  if div.classes:includes('callout') then
    return callout(div)
  elseif div.classes:includes('live') then
    local given = pandoc.List { { 'data-figure', div.attributes.figure } }  -- a table of names has no order
    if div.attributes.data then
      given:insert { 'data-data', div.attributes.data }
    end
    div.attr = pandoc.Attr('', { 'live' }, given)
    return div
  elseif div.classes:includes('layout') then
    div.attr = pandoc.Attr('', { 'layout', 'columns-' .. div.attributes.ncol })
    return div
  end
end

--- An image keeps its alternative text, and its width as a class.
local function image(book, page)
  return function(img)
    links.loaded(book, (links.file(book, page, img.src):gsub('svg$', 'narrow.svg')))
    page.images:insert { img.src, img.attributes['fig-alt'] or '' }
    local width = tonumber((img.attributes.width or ''):match('^([%d.]+)%%$'))
    if img.attributes['fig-alt'] then
      img.caption = pandoc.Inlines { pandoc.Str(img.attributes['fig-alt']) }
    end
    local classes = width and { width_class(width) } or {}
    img.attr = pandoc.Attr('', classes)
    return img
  end
end

local function link(book, page)
  return function(el)
    local to = links.destination(book, page, el.target)
    if to and to.page == page then
      el.target = '#' .. to.anchor
    elseif to and to.page then
      local href = pandoc.path.make_relative('/' .. to.page.href, pandoc.path.directory('/' .. page.href), true)
      el.target = href .. (to.anchor ~= to.page.id and '#' .. to.anchor or '')
    end
    return el
  end
end

--- MathML says alignment twice, by an attribute and by a style; the attribute is enough for our CSS.
local function without_styles(text)
  return (text:gsub('(<m%a+[^>]-) style="[^"]*"', '%1'))
end

--- Note what a live figure loads; without its data it stays as it is printed.
local function live_figure(book, page)
  return function(div)
    if not div.classes:includes('live') then
      return nil
    end
    local scripts, data, at_once = live.files(div.attributes.figure, div.attributes.data)
    if not links.loaded(book, data) or not links.loaded(book, live.POINTS) then
      return div.content
    end
    links.loaded(book, live.STYLE)
    page.loads:extend { live.STYLE, live.POINTS }
    for i, path in ipairs(scripts) do
      if not links.loaded(book, path) then
        problems.add(page, 'this live figure is not known: it has no file ' .. path)
      end
      (i > at_once and page.late or page.loads):insert(path)
    end
    (at_once < #scripts and page.late or page.loads):insert(data)
    links.loaded(book, (data:gsub('js$', 'csv')))
    div.content:insert(live.numbers(data, pandoc.path.directory(page.href)))
    return div
  end
end

--- The works that the book cites, by the label of each.
local function cited_works(book)
  if not book.works then
    book.works = {}
    for _, page in ipairs(book.pages) do
      page.blocks:walk {
        Div = function(div)
          if div.classes:includes('csl-entry') then
            book.works['#' .. div.identifier] = div.content
          end
        end,
      }
    end
  end
  return book.works
end

--- Each work that a page cites, in the margin beside where it does so first.
local function with_sidenotes(book, page)
  local works, seen, result = cited_works(book), { refs = true }, pandoc.Blocks {}
  for _, block in ipairs(page.blocks) do
    if block.t ~= 'Header' and (block.t ~= 'Div' or block.identifier ~= 'refs') then
      pandoc.Blocks({ block }):walk {
        Link = function(link)
          if works[link.target] and not seen[link.target] then
            seen[link.target] = true
            result:insert(pandoc.Div(works[link.target], pandoc.Attr('', { 'sidenote' }, { role = 'note' })))
          end
        end,
      }
    end
    result:insert(block)
  end
  return result
end

--- One page as HTML, and what its surroundings need to know.
-- @return { path, href, kind, id, number, title, plain_title, description, toc, images, loads, body }
function html.write(book, page)
  local heading, toc = page.blocks[1], pandoc.List()
  page.images, page.loads, page.late = pandoc.List(), pandoc.List(), pandoc.List()
  local body = with_sidenotes(book, page):walk { Link = link(book, page), Image = image(book, page), Div = live_figure(book, page) }
  body:remove(1)
  body = body:walk {
    Header = header(toc), Figure = figure, Table = scrolling_table, Span = equation, CodeBlock = code_block, Div = known_div,
  }
  return {
    path = page.path, href = page.href, kind = page.kind, id = page.id, number = page.number or '',
    title = plain_html(heading.content), plain_title = pandoc.utils.stringify(heading.content),
    description = page.meta.description and pandoc.utils.stringify(page.meta.description) or '',
    toc = toc, images = page.images, loads = page.loads, late = page.late,
    body = without_styles(pandoc.write(pandoc.Pandoc(body), 'html5', OPTIONS)),
  }
end

return html
