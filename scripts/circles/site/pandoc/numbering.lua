-- Gives chapters, sections, figures, tables and equations their numbers, as a Quarto book does:
-- per chapter, letters for appendices, no chapter part on a page that has no number.

local problems = require 'problems'

local numbering = {}

--- A to Z, then AA, AB and so on.
local function letter(first, n)
  local before = n > 26 and letter(first, (n - 1) // 26) or ''
  return before .. string.char(first:byte() + (n - 1) % 26)
end

--- Number the pages: 1, 2, … for chapters and A, B, … for appendices; none for an unnumbered page.
local function number_pages(pages)
  local counts = { chapter = 0, appendix = 0 }
  for _, page in ipairs(pages) do
    local heading = page.blocks[1]
    if not heading or heading.t ~= 'Header' or heading.level ~= 1 then
      problems.add(page, 'a page begins with its one heading of level 1. Received: '
        .. (heading and pandoc.utils.stringify(heading) or 'an empty page'))
      problems.stop_if_any()
    end
    page.id = heading.identifier
    if not heading.classes:includes('unnumbered') then
      local n = counts[page.kind] + 1
      counts[page.kind] = n
      page.number = page.kind == 'appendix' and letter('A', n) or tostring(n)
    end
  end
end

local function add(index, page, id, entry)
  if index[id] then
    problems.add(page, 'this label is taken by ' .. index[id].page.path .. '. Received: ' .. id)
  end
  entry.page = page
  index[id] = entry
end

--- A counter of one page: its next number for a kind of thing, "2.3" or, unnumbered, "3".
local function counter(page)
  local counts = {}
  return function(kind)
    counts[kind] = (counts[kind] or 0) + 1
    return (page.number and page.number .. '.' or '') .. counts[kind]
  end
end

--- A counter of the sections of one page: "2.1", "2.1.1"; nil where nothing is to be numbered.
local function section_counter(page)
  local counts = {}
  return function(header)
    if header.level == 1 or not page.number or header.classes:includes('unnumbered') then
      return header.level == 1 and page.number or nil
    end
    counts[header.level] = (counts[header.level] or 0) + 1
    for deeper = header.level + 1, 6 do
      counts[deeper] = nil
    end
    local parts = pandoc.List { page.number }
    for level = 2, header.level do
      parts:insert(tostring(counts[level] or 0))
    end
    return table.concat(parts, '.')
  end
end

--- Number the figures of a group (a), (b), …; they are referred to as "2.1 (a)".
local function number_parts(index, page, figure, number)
  local n = 0
  return figure:walk {
    Figure = function(part)
      n = n + 1
      part.attributes.number = '(' .. letter('a', n) .. ')'
      if part.identifier ~= '' then
        add(index, page, part.identifier, { number = number .. '\u{a0}' .. part.attributes.number })
      end
      return part
    end,
  }
end

local function number_page(index, page)
  local next_number, next_section = counter(page), section_counter(page)
  local function numbered(kind)
    return function(element)
      if not element.identifier:match('^' .. kind .. '%-') then
        return nil
      end
      local number = next_number(kind)
      element.attributes.number = number
      add(index, page, element.identifier, { number = number })
      return element
    end
  end
  local number_figure = numbered('fig')
  page.blocks = page.blocks:walk {
    traverse = 'topdown',
    Header = function(header)
      local number = next_section(header)
      header.attributes.number = number
      if header.identifier:match('^sec%-') then
        add(index, page, header.identifier, { number = number, level = header.level })
      end
      return header
    end,
    Figure = function(figure)
      local whole = number_figure(figure)
      if not whole then
        return nil, false
      end
      whole.content = number_parts(index, page, pandoc.Div(whole.content), whole.attributes.number).content
      return whole, false
    end,
    Table = numbered('tbl'),
    Span = numbered('eq'),
  }
end

--- Number all pages. Numbers stand in the attribute `number` of what they number.
-- @return the index: label -> { page, number, level (of a section) }
function numbering.number(pages)
  local index = {}
  number_pages(pages)
  for _, page in ipairs(pages) do
    number_page(index, page)
  end
  return index
end

return numbering
