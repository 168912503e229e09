-- Aligns the numbers of a column at the decimal point. The embedded renderer uses this for its pages, and Quarto as a
-- filter for its own; the digits that are not shown are written by CSS, so that they are no text.

local decimals = {}

--- The first words of a cell, if it begins with text.
local function first_words(cell)
  local block = cell.contents[1]
  local inline = block and (block.t == 'Plain' or block.t == 'Para') and block.content[1]
  return inline and inline.t == 'Str' and block.content or nil
end

--- A number apart: what stands before its decimals, they, and what follows. Bytes of a minus sign and of the
--- narrow space between thousands count as digits.
local function number_of(cell)
  local words = first_words(cell)
  local whole, rest = (words and words[1].text or ''):match('^([%d%-\xe2\x80\xaf\x88\x92]*%d)(.*)$')
  if whole then
    local fraction, unit = rest:match('^(%.%d+)(.*)$')
    return whole, fraction or '', (unit or rest) .. pandoc.utils.stringify(pandoc.Inlines({ table.unpack(words, 2) }))
  end
end

--- Align the numbers of a column at the decimal point: behind each comes the room of the decimals that it lacks.
local function align_column(rows, column)
  local longest, same_unit = '', nil
  for _, row in ipairs(rows) do
    local whole, fraction, unit = number_of(row.cells[column])
    if whole then
      same_unit = same_unit or unit
      if unit ~= same_unit then
        return
      end
      longest = #fraction > #longest and fraction or longest
    end
  end
  for _, row in ipairs(rows) do
    local whole, fraction = number_of(row.cells[column])
    if whole and #fraction < #longest then
      local words = first_words(row.cells[column])
      words:insert(pandoc.Span({}, pandoc.Attr('', { 'pad' }, { digits = longest:sub(#fraction + 1) })))
      row.cells[column].contents[1].content = words
    end
  end
end

function decimals.align(tbl)
  for i, spec in ipairs(tbl.colspecs) do
    for _, body in ipairs(spec[1] == 'AlignRight' and tbl.bodies or {}) do
      align_column(body.body, i)
    end
  end
  return tbl
end

if not quarto then
  return decimals
end

local function of_a_page(tbl)
  return quarto.doc.is_format('html') and decimals.align(tbl) or nil
end

return { { Table = of_a_page } }
