-- Where links lead: to a page, to a label on some page, to a file beside the pages, or out of the book.

local problems = require 'problems'

local links = {}

--- Note which labels stand on which page, before links are resolved.
function links.collect_anchors(pages)
  for _, page in ipairs(pages) do
    page.anchors = {}
    local function note(element)
      page.anchors[element.identifier] = true
    end
    page.blocks:walk { Header = note, Div = note, Span = note, Figure = note, Table = note, CodeBlock = note }
  end
end

local function page_with_anchor(book, page, anchor)
  if page.anchors[anchor] then
    return page
  end
  for _, other in ipairs(book.pages) do
    if other.anchors[anchor] then
      return other
    end
  end
end

--- A path that a page names, from the root of the book.
local function from_root(page, target)
  local parts = pandoc.List()
  local whole = pandoc.path.join { pandoc.path.directory(page.path), target }
  for part in whole:gmatch('[^/]+') do
    if part == '..' and #parts > 0 then
      parts:remove()
    elseif part ~= '.' then
      parts:insert(part)
    end
  end
  return table.concat(parts, '/')
end

--- Note that the book needs a file, which a page names, and return its path from the root.
function links.file(book, page, target)
  local path = from_root(page, target)
  if pandoc.path.exists(pandoc.path.join { book.root, path }) then -- it is not opened: a pipe would make us wait
    book.files[path] = true
  else
    problems.add(page, 'this file does not exist. Received: ' .. target)
  end
  return path
end

--- Note that the book needs a file, by its path from the root, and return whether it is there.
function links.loaded(book, path)
  local is_there = pandoc.path.exists(pandoc.path.join { book.root, path })
  if is_there then
    book.files[path] = true
  end
  return is_there
end

--- Where a link leads.
-- @return { page, anchor } inside the book, { file } beside it, { url } outside; nil if nowhere
function links.destination(book, page, target)
  if target:match('^%a[%w+.-]*:') then
    return { url = target }
  end
  local path, anchor = target:match('^([^#]*)#?(.*)$')
  if path == '' then
    local other = page_with_anchor(book, page, anchor)
    if other then
      return { page = other, anchor = anchor }
    end
    problems.add(page, 'nothing in the book has this label. Received: ' .. target)
    return nil
  elseif not path:match('%.qmd$') then
    return { file = links.file(book, page, path) }
  end
  local other = book.page_at[from_root(page, path)]
  if other and (anchor == '' or other.anchors[anchor]) then
    return { page = other, anchor = anchor ~= '' and anchor or other.id }
  end
  problems.add(page, (other and 'that page has no such label' or 'the book has no such page') .. '. Received: ' .. target)
end

return links
