-- Brings the Quarto constructs of a page into one normal form, and refuses those that are not known.
--
-- Normal form: a group of images is a Figure of Figures; a table in a div is a Table; a labelled
-- equation is a Span of class "equation"; a callout is a Div of class "callout" that begins with a
-- Div of class "title"; a tab set is a Div of class "tabset" of Divs of class "tab", each of which
-- begins with a Div of class "title".

local problems = require 'problems'

local blocks = {}

local CALLOUTS = { note = 'Note', tip = 'Tip', warning = 'Warning', important = 'Important', caution = 'Caution' }

local function has_only(element, classes, attributes)
  for _, class in ipairs(element.classes) do
    if not pandoc.List(classes):includes(class) then
      return false
    end
  end
  for name in pairs(element.attributes) do
    if not pandoc.List(attributes):includes(name) then
      return false
    end
  end
  return true
end

--- How an element's attributes looked in the page: {#id .class name="value"}.
local function written(element)
  local parts = pandoc.List()
  if element.identifier ~= '' then
    parts:insert('#' .. element.identifier)
  end
  parts:extend(element.classes:map(function(class) return '.' .. class end))
  for name, value in pairs(element.attributes) do
    parts:insert(('%s="%s"'):format(name, value))
  end
  return '{' .. table.concat(parts, ' ') .. '}'
end

local function titled(class, title, content)
  local body = pandoc.Blocks { pandoc.Div(pandoc.Plain(title), { class = 'title' }) }
  body:extend(content)
  return pandoc.Div(body, { class = class })
end

local function callout(page, div, kind)
  local content, title = div.content, div.attributes.title
  local inlines = pandoc.Inlines(CALLOUTS[kind])
  if title then
    inlines = pandoc.utils.blocks_to_inlines(pandoc.read(title, 'markdown').blocks)
  elseif content[1] and content[1].t == 'Header' then
    inlines = content:remove(1).content
  end
  if not has_only(div, { 'callout-' .. kind }, { 'title', 'collapse' }) then
    problems.add(page, 'a callout takes only title and collapse. Received: ' .. written(div))
  end
  local result = titled('callout', inlines, content)
  result.classes:insert(kind)
  result.identifier = div.identifier
  result.attributes.collapse = div.attributes.collapse
  return result
end

local function tabset(page, div)
  local level = div.content[1] and div.content[1].level
  if not level or not has_only(div, { 'panel-tabset' }, {}) then
    problems.add(page, 'a tab set must begin with a heading and takes no options. Received: ' .. written(div))
    return nil
  end
  local tabs = pandoc.Blocks {}
  for _, block in ipairs(div.content) do
    if block.t == 'Header' and block.level == level then
      tabs:insert(titled('tab', block.content, {}))
    else
      tabs[#tabs].content:insert(block)
    end
  end
  return pandoc.Div(tabs, { class = 'tabset' })
end

--- The figures in a block of a group: a figure itself, or a paragraph of nothing but images.
local function figures_of(block)
  if block.t == 'Figure' then
    return pandoc.List { block }
  end
  local found = pandoc.List()
  for _, inline in ipairs(block.content) do
    if inline.t == 'Image' then
      local id = inline.identifier
      inline.identifier = ''
      found:insert(pandoc.Figure(pandoc.Plain { inline }, { long = { pandoc.Plain(inline.caption) } }, { id = id }))
    elseif inline.t ~= 'Space' and inline.t ~= 'SoftBreak' then
      return pandoc.List()
    end
  end
  return found
end

local function group(page, div)
  local caption = div.content:remove()
  local figures = pandoc.Blocks {}
  local is_sound = caption and caption.t == 'Para' and has_only(div, {}, { 'layout-ncol' })
  for _, block in ipairs(div.content) do
    local found = (block.t == 'Figure' or block.t == 'Para') and figures_of(block) or {}
    is_sound = is_sound and #found > 0
    figures:extend(found)
  end
  if not is_sound or #figures == 0 then
    problems.add(page, 'a group of figures holds images and then one paragraph, its caption, and takes only '
      .. 'layout-ncol. Received: ' .. written(div))
    return nil
  end
  local layout = pandoc.Div(figures, { class = 'layout', ncol = div.attributes['layout-ncol'] or '1' })
  return pandoc.Figure(layout, { long = { pandoc.Plain(caption.content) } }, { id = div.identifier })
end

local function table_in_div(page, div)
  local body, caption = div.content[1], div.content[2]
  if #div.content ~= 2 or body.t ~= 'Table' or caption.t ~= 'Para' or not has_only(div, {}, { 'tbl-colwidths' }) then
    problems.add(page, 'a table in a block is one table and one paragraph, its caption. Received: ' .. written(div))
    return nil
  end
  body.identifier = div.identifier
  body.attributes['tbl-colwidths'] = div.attributes['tbl-colwidths']
  body.caption = { long = { pandoc.Plain(caption.content) } }
  return body
end

--- A live figure: what stands in the block is its printed form, and `data` names other data than its own.
local function live(page, div)
  local figure, data = div.attributes.figure, div.attributes.data
  local is_sound = has_only(div, { 'live' }, { 'figure', 'data' }) and #div.classes == 1
  for _, name in ipairs { figure or '', data or 'own' } do
    is_sound = is_sound and name:match('^[%w-]+$')
  end
  if not is_sound then
    problems.add(page, 'a live figure takes figure="name" and may take data="name". Received: ::: ' .. written(div))
  end
end

local function known_div(page, div)
  for kind in pairs(CALLOUTS) do
    if div.classes:includes('callout-' .. kind) then
      return callout(page, div, kind)
    end
  end
  if div.classes:includes('live') then
    return live(page, div)
  elseif div.classes:includes('panel-tabset') then
    return tabset(page, div)
  elseif div.identifier:match('^fig%-') then
    return group(page, div)
  elseif div.identifier:match('^tbl%-') then
    return table_in_div(page, div)
  elseif div.identifier ~= 'refs' or not has_only(div, {}, {}) then
    problems.add(page, 'this kind of block is not known. Received: ::: ' .. written(div))
  end
end

--- Join `$$ … $$ {#eq-x}` into a span that carries the label.
local function labelled_equations(inlines)
  local result, i = pandoc.Inlines {}, 1
  while i <= #inlines do
    local math, after = inlines[i], inlines[i + 1]
    local offset = (after and (after.t == 'Space' or after.t == 'SoftBreak')) and 2 or 1
    local label = inlines[i + offset]
    local id, rest = (label and label.text or ''):match('^{#(eq%-[^}]+)}(.*)$')
    if math.t == 'Math' and math.mathtype == 'DisplayMath' and id then
      result:insert(pandoc.Span(math, { id = id, class = 'equation' }))
      result:insert(pandoc.Str(rest))
      i = i + offset + 1
    else
      result:insert(math)
      i = i + 1
    end
  end
  return result
end

local function refuse_unless(page, what, classes, attributes)
  return function(element)
    if not has_only(element, classes, attributes) then
      problems.add(page, what .. ' has a class or an option that is not known. Received: ' .. written(element))
    end
  end
end

local function raw(page)
  return function(element)
    if element.text:match('^<!%-%-.*%-%->$') then
      return {}
    end
    problems.add(page, 'raw ' .. element.format .. ' is not known. Received: ' .. element.text)
  end
end

--- A fence that opens with {python} reads as inline code: such a cell would have to be executed.
local function cell(page)
  return function(code)
    if code.text:match('^{%a+}') then
      problems.add(page, 'pages hold no executable cells. Received: ' .. code.text:match('^%b{}'))
    end
  end
end

--- Code has one language, and the options of a folded cell.
local function code_block(page)
  local options = { 'code-fold', 'code-summary', 'filename' }
  return function(block)
    local language = block.classes[1]
    refuse_unless(page, 'a code block', { language, 'cell-code' }, options)(block)
  end
end

--- Bring the blocks of a page into the normal form.
function blocks.normalise(page)
  page.blocks = page.blocks:walk {
    Div = function(div) return known_div(page, div) end,
    Span = refuse_unless(page, 'a span', { 'mark', 'does-not-hold', 'evidence' }, {}),
    Header = refuse_unless(page, 'a heading', { 'unnumbered', 'unlisted' }, {}),
    Image = refuse_unless(page, 'an image', {}, { 'fig-alt', 'width' }),
    Link = refuse_unless(page, 'a link', { 'uri', 'email' }, {}),
    Table = refuse_unless(page, 'a table', {}, { 'tbl-colwidths' }),
    CodeBlock = code_block(page),
    Code = cell(page),
    RawBlock = raw(page),
    RawInline = raw(page),
    Inlines = labelled_equations,
  }
end

return blocks
