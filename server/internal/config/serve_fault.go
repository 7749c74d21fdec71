package config

import (
	"errors"
	"strings"

	"github.com/fastpubsub/fastpubsub/server"
)

// InSettings tells what server.New refused in the words of settings: each
// *server.ConfigError in err becomes an *Error of the setting that fills the
// field. Other errors stay as they are.
func (t Table) InSettings(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var faults []error
		for _, part := range joined.Unwrap() {
			faults = append(faults, t.InSettings(part))
		}
		return errors.Join(faults...)
	}
	var fault *server.ConfigError
	if !errors.As(err, &fault) {
		return err
	}
	setting := t.ByField(fault.Field)
	if setting == nil {
		return err
	}
	return &Error{Setting: setting.Name, Source: setting.Origin, Got: fault.Got, Accepts: t.settingNames(fault.Accepts)}
}

// settingNames writes the names of settings for those of fields.
func (t Table) settingNames(text string) string {
	for _, setting := range t {
		if setting.Field != "" {
			text = strings.ReplaceAll(text, setting.Field, setting.Name)
		}
	}
	return text
}
