-- Puts what a build wrote into a page that people write: the block
--     ::: {.insert from="report/_front.qmd"}
--     :::
-- stands for the Markdown of that file. Quarto's own include has to find its file before the build makes it.
-- The embedded renderer uses this for every page, and Quarto as a filter before its own.

local function read_file(path)
  local file = io.open(path, 'rb')
  if not file then
    error(path .. ': missing. Write the pages first: circles build', 0)
  end
  local text = file:read('a')
  file:close()
  return text
end

--- A filter for pages below the folder `root`; `parse` makes blocks of Markdown.
local function insertion(root, parse)
  return {
    Div = function(div)
      if div.classes:includes('insert') then
        return parse(read_file(pandoc.path.join { root, div.attributes.from }))
      end
    end,
  }
end

if quarto then
  local root = quarto.project.directory or '.'
  return { insertion(root, function(text) return pandoc.read(text, 'markdown').blocks end) }
end
return insertion
