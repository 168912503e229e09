-- Live figures: a block
--     ::: {.live figure="line"}
--     ![What is printed.](report/figures/best-line.svg){fig-alt="…"}
--     :::
-- gets its data from report/live/, and its script, which a build joins there from templates/assets/live/.
-- Without data, without scripts and in print what stands in the block is all that there is.
-- The embedded renderer asks this which files a figure needs, and Quarto uses it as a filter.

local FOLDER = 'report/live/'
local live = { STYLE = 'templates/assets/live/live.css', POINTS = FOLDER .. 'points.js' }

-- Figures that come when the reader gets near them: they are large. Browsers load no script of this type.
local LATE = { network = true }
live.LATE_TYPE = 'text/late'

--- What a figure loads, in that order; paths from the root.
-- @return its scripts, its data, and how many of the scripts are loaded with the page
function live.files(figure, data)
  local scripts = pandoc.List { FOLDER .. 'figures.js', FOLDER .. 'figure-' .. figure .. '.js' }
  return scripts, FOLDER .. (data or figure) .. '.js', LATE[figure] and 1 or 2
end

--- What stands below a figure: where its numbers are, as seen from the folder of the page.
function live.numbers(data, folder)
  local path = pandoc.path.make_relative('/' .. data:gsub('js$', 'csv'), '/' .. folder, true)
  return pandoc.Div(pandoc.Plain { pandoc.Link('The numbers as CSV', path) }, { class = 'live-numbers' })
end

if not quarto then
  return live
end

--- Have Quarto load files under a name: it copies those of one name into one folder, once for a page.
local function load(root, name, scripts, attributes, stylesheets)
  quarto.doc.add_html_dependency {
    name = 'circles-live' .. name, stylesheets = stylesheets,
    scripts = scripts:map(function(path)
      return { path = pandoc.path.join { root, path }, attribs = attributes }
    end),
  }
end

local function figure(div)
  if not div.classes:includes('live') then
    return nil
  end
  local root = quarto.project.directory or '.'
  local name, of = div.attributes.figure, div.attributes.data or div.attributes.figure
  local scripts, data, at_once = live.files(name, of)
  if not quarto.doc.is_format('html') or not pandoc.path.exists(pandoc.path.join { root, data }) then
    return div.content
  end
  local soon, late = { defer = 'defer' }, { type = live.LATE_TYPE }
  load(root, '', pandoc.List { live.POINTS }, soon, { pandoc.path.join { root, live.STYLE } })
  for i, path in ipairs(scripts) do
    load(root, '-' .. pandoc.path.filename(path):gsub('%.js$', ''), pandoc.List { path }, i > at_once and late or soon)
  end
  load(root, '-data-' .. of, pandoc.List { data }, at_once < #scripts and late or soon)
  local page = pandoc.path.make_relative(quarto.doc.input_file, root)
  div.content:insert(live.numbers(data, pandoc.path.directory(page)))
  div.attr = pandoc.Attr('', { 'live' }, { { 'data-figure', name }, { 'data-data', of } })
  return div
end

return { { Div = figure } }
