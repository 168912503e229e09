-- What is wrong with the pages, collected so that one render tells all of it.

local problems = { found = pandoc.List() }

--- Note one mistake of a page.
-- @param page     the page, a record with the field `path`
-- @param message  what is wrong, what is allowed and what was received
function problems.add(page, message)
  local line = page.path .. ': ' .. message
  if not problems.found:includes(line) then
    problems.found:insert(line)
  end
end

--- Stop, telling every mistake that was noted, if there was one.
function problems.stop_if_any()
  if #problems.found > 0 then
    io.stderr:write(table.concat(problems.found, '\n'), '\n')
    os.exit(1)
  end
end

return problems
