-- Words that mean something else to Typst than what they say, and that Pandoc writes as they are. It escapes what
-- begins a list, a term or a heading only at the beginning of a line, but Typst also looks for that where a bracket
-- opens; and three dots, or a hyphen before a digit or a question mark, become other letters.
-- The embedded renderer uses this for its PDF, and Quarto as a filter for its own.

local function is_special(text)
  return text:match('^[-+/=]+$') or text:match('^%d+%.$') or text:find('...', 1, true) or text:find('%-[%d?]')
end

-- Private letters that stand for what is to be escaped while Pandoc escapes the rest.
local DOTS, HYPHEN = '\u{f0000}', '\u{f0001}'

local function word(el)
  if is_special(el.text) then
    local text = el.text:gsub('%.%.%.', DOTS):gsub('%-([%d?])', HYPHEN .. '%1')
    -- Alone, the word stands at the beginning of a line.
    local written = pandoc.write(pandoc.Pandoc { pandoc.Plain { pandoc.Str(text) } }, 'typst'):gsub('%s+$', '')
    return pandoc.RawInline('typst', (written:gsub(DOTS, '\\.\\.\\.'):gsub(HYPHEN, '\\-')))
  end
end

return { { Str = word } }
