-- Turns @fig-x, @tbl-x, @eq-x and @sec-x into links with Quarto's words, and the other @keys into citations
-- with one bibliography for the whole book.

local problems = require 'problems'

local crossref = {}

local NOUNS = { fig = 'Figure', tbl = 'Table', eq = 'Equation', sec = 'Section' }
-- Quarto's other kinds of labels: a key that begins like this is no citation.
local UNKNOWN = pandoc.List { 'lst', 'tip', 'nte', 'wrn', 'imp', 'cau', 'thm', 'lem', 'cor', 'prp', 'cnj', 'def', 'exm',
  'exr', 'sol', 'rem', 'alg' }
local NBSP = '\u{a0}'

local function noun(kind, entry)
  if kind == 'sec' and entry.level == 1 then
    return entry.page.kind == 'appendix' and 'Appendix' or 'Chapter'
  end
  return NOUNS[kind]
end

--- The link for one reference, or nil (and a problem) if nothing has its label.
local function reference(page, index, citation, kind)
  local entry = index[citation.id]
  if not entry or not entry.number then
    local why = entry and 'this section has no number to refer to' or 'nothing in the book has this label'
    problems.add(page, why .. '. Received: @' .. citation.id)
    return nil
  end
  local words = pandoc.Inlines {}
  if #citation.prefix > 0 then
    words:extend(citation.prefix)
    words:insert(pandoc.Str(NBSP))
  elseif citation.mode ~= 'SuppressAuthor' then
    words:insert(pandoc.Str(noun(kind, entry) .. NBSP))
  end
  words:insert(pandoc.Str(entry.number))
  return pandoc.Link(words, '#' .. citation.id, '', { class = 'xref' })
end

--- Replace a citation of labels by links; leave a citation of works alone.
local function resolved(page, index, cite)
  local links = pandoc.Inlines {}
  for i, citation in ipairs(cite.citations) do
    local kind = citation.id:match('^(%a+)%-')
    if UNKNOWN:includes(kind) then
      problems.add(page, 'this kind of reference is not known. Received: @' .. citation.id)
    elseif NOUNS[kind] then
      links:extend(i > 1 and { pandoc.Str ',', pandoc.Space() } or {})
      links:insert(reference(page, index, citation, kind))
    elseif #links > 0 then
      problems.add(page, 'labels and works cannot share one citation. Received: '
        .. pandoc.utils.stringify(cite.content))
    end
  end
  return #links > 0 and links or nil
end

--- Resolve the cross-references of all pages.
function crossref.resolve(pages, index)
  for _, page in ipairs(pages) do
    page.blocks = page.blocks:walk { Cite = function(cite) return resolved(page, index, cite) end }
  end
end

local function check_keys(pages, known)
  for _, page in ipairs(pages) do
    page.blocks:walk {
      Cite = function(cite)
        for _, citation in ipairs(cite.citations) do
          local kind = citation.id:match('^(%a+)%-')
          if not known[citation.id] and not NOUNS[kind] and not UNKNOWN:includes(kind) then
            problems.add(page, 'the bibliography has no such entry. Received: @' .. citation.id)
          end
        end
      end,
    }
  end
end

--- Resolve the citations of all pages together, so that the references of all of them stand, once, where
-- a page has the block #refs.
function crossref.cite(pages, bibliography)
  local whole = pandoc.Pandoc(pandoc.List(pages):map(function(page) return pandoc.Div(page.blocks) end), {
    bibliography = bibliography,
    ['link-citations'] = true,
    lang = 'en-US',
  })
  local known = {}
  for _, work in ipairs(bibliography and pandoc.utils.references(whole) or {}) do
    known[work.id] = true
  end
  check_keys(pages, known)
  problems.stop_if_any()
  if not bibliography then
    return
  end
  local cited = pandoc.utils.citeproc(whole)
  for i, page in ipairs(pages) do
    page.blocks = cited.blocks[i].content:walk { Cite = function(cite) return cite.content end }
  end
end

return crossref
