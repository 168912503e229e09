-- Live figures: a block
--     ::: {.live figure="line"}
--     ![What is printed.](report/figures/best-line.svg){fig-alt="…"}
--     :::
-- gets the script of its name from templates/assets/live/, and its data from report/live/, which a build
-- writes. Without data, without scripts and in print what stands in the block is all that there is.
-- The embedded renderer asks this which files a figure needs, and Quarto uses it as a filter.

local FOLDER = 'templates/assets/live/'
local live = { STYLE = FOLDER .. 'live.css', POINTS = 'report/live/points.js' }

-- What a figure has beside the script of its name, in the order in which it is loaded.
local PARTS = {
  network = {
    'datasets', 'state', 'training', 'exports', 'table',
    'network-map', 'network-diagram', 'network-controls', 'network-results', 'network-home',
  },
  seeds = { 'outcomes', 'trials' },
}

-- Figures whose files come when the reader gets near them: they are many. Browsers load no script of this type.
local LATE = { network = true }
live.LATE_TYPE = 'text/late'

--- The scripts of a figure, in the order in which they are loaded, and its data; paths from the root.
-- @return all scripts, the data, and how many of the scripts are loaded with the page
function live.files(figure, data)
  local scripts = pandoc.List { 'random', 'options', 'circles', 'live', 'map' }
  local at_once = LATE[figure] and #scripts
  scripts:extend(PARTS[figure] or {})
  scripts:insert(figure)
  local paths = scripts:map(function(name) return FOLDER .. name .. '.js' end)
  return paths, 'report/live/' .. (data or figure) .. '.js', at_once or #paths
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
