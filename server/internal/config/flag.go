package config

import (
	"strings"

	"github.com/spf13/pflag"
)

// recorder keeps what a flag was given, word by word. Load parses it, so that
// flags, variables and keys are refused in the same words and no library prints
// a secret.
type recorder struct {
	kind, shown string
	texts       []string
}

func (r *recorder) Set(text string) error {
	r.texts = append(r.texts, text)
	return nil
}

func (r *recorder) String() string { return r.shown }
func (r *recorder) Type() string   { return r.kind }

// Register makes a flag of every setting of the table. Load must get the same
// flag set.
func (t Table) Register(flags *pflag.FlagSet) {
	for _, setting := range t {
		flag := flags.VarPF(&recorder{kind: setting.flagKind()}, setting.Name, setting.Short, setting.usage())
		flag.Value.(*recorder).shown = setting.shownDefault()
		flag.DefValue = setting.shownDefault()
		if setting.isSwitch() {
			flag.NoOptDefVal = "true"
		}
	}
}

// isSwitch says whether the flag may stand without a value.
func (s *Setting) isSwitch() bool {
	_, ok := s.Value.Plain().(bool)
	return ok
}

// flagKind is what help shows behind the flag.
func (s *Setting) flagKind() string {
	switch {
	case s.isSwitch():
		return "bool" // help shows nothing then
	case s.Value.Words() != nil:
		return strings.Join(s.Value.Words(), "|")
	default:
		return s.Value.Kind()
	}
}

func (s *Setting) usage() string {
	usage := s.Meaning
	if s.Value.List() {
		usage += "; repeatable"
	}
	if s.FlagOnly {
		usage += "; a flag only"
	}
	return usage
}

// shownDefault is the default for help: one line, "" for none.
func (s *Setting) shownDefault() string {
	if s.Implied != "" {
		return s.Implied
	}
	text := strings.Join(s.Shown(), ", ")
	if text == "false" || text == "0" {
		return ""
	}
	return text
}

// given is what the flag was given; nil: the flag was not used.
func (s *Setting) given(flags *pflag.FlagSet) []string {
	flag := flags.Lookup(s.Name)
	if flag == nil || !flag.Changed {
		return nil
	}
	return flag.Value.(*recorder).texts
}
