package config

import (
	"fmt"
	"io"
	"strings"
)

// WriteReference writes the table as Markdown: a section for each group, headed
// by heading ("##") and the group's name.
func WriteReference(w io.Writer, table Table, heading string) error {
	var page strings.Builder
	for i, group := range table.Groups() {
		if i > 0 {
			page.WriteString("\n")
		}
		fmt.Fprintf(&page, "%s %s\n\n", heading, group)
		page.WriteString("| flag and variable | type | default | accepts | meaning |\n|---|---|---|---|---|\n")
		for _, setting := range table {
			if setting.Group == group {
				page.WriteString(setting.referenceRow())
			}
		}
	}
	_, err := io.WriteString(w, page.String())
	return err
}

func (s *Setting) referenceRow() string {
	names := code("--" + s.Name)
	if !s.FlagOnly {
		names += "<br>" + code(s.Variable())
	}
	return "| " + names + " | " + s.referenceType() + " | " + s.referenceDefault() +
		" | " + prose(s.Value.Accepts()) + " | " + prose(s.Meaning) + " |\n"
}

func (s *Setting) referenceType() string {
	if s.Value.List() {
		return s.Value.Kind() + ", list"
	}
	return s.Value.Kind()
}

func (s *Setting) referenceDefault() string {
	if s.Implied != "" {
		return prose(s.Implied)
	}
	text := code(strings.Join(s.Value.Texts(), ", "))
	if text == "" {
		text = "–"
	}
	if len(s.DevDefault) > 0 && s.DevDefault[0] != "" {
		text += "<br>with `--dev`: " + code(s.DevDefault[0])
	}
	return text
}

// code is a text in code font; nothing for an empty one.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + cell(text) + "`"
}

// prose keeps the characters of a text that mean something in Markdown.
func prose(text string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;", "*", `\*`).Replace(cell(text))
}

// cell keeps a text inside its table cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
