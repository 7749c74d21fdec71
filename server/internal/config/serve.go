package config

import (
	"fmt"
	"log/slog"
	"slices"

	"github.com/fastpubsub/fastpubsub/server"
)

// LogFormat is how log lines are written.
type LogFormat string

// The log formats.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// LogLevel is the least severe level that is logged.
type LogLevel string

// The log levels.
const (
	LogDebug LogLevel = "debug"
	LogInfo  LogLevel = "info"
	LogWarn  LogLevel = "warn"
	LogError LogLevel = "error"
)

// Slog is the level in slog's terms.
func (l LogLevel) Slog() slog.Level {
	switch l {
	case LogDebug:
		return slog.LevelDebug
	case LogWarn:
		return slog.LevelWarn
	case LogError:
		return slog.LevelError
	default:
		return slog.LevelInfo
	}
}

// Serve is everything that "fastpubsub serve" can be told.
type Serve struct {
	// Server is the configuration of the server itself, but for its Logger.
	Server server.Config
	// File is the path of the YAML file; empty: none.
	File string
	// Dev asks for the development mode.
	Dev bool
	// MasterTokenFiles are the files of further master tokens.
	MasterTokenFiles []string
	// ReadyFile is written once both ports accept; empty: none is.
	ReadyFile string
	// LogLevel and LogFormat say what is logged, and how.
	LogLevel  LogLevel
	LogFormat LogFormat
}

// DefaultServe is what "serve" does when it is told nothing.
func DefaultServe() *Serve {
	return &Serve{Server: server.DefaultConfig(), LogLevel: LogInfo, LogFormat: LogText}
}

// LoadServe loads the table of serve, reads the files of master tokens and puts
// the defaults of --dev in force. The warnings are for people; they are there
// beside an error, too. It does not check what needs more than one setting:
// see Check.
func LoadServe(serve *Serve, table Table, in Input) (warnings []string, err error) {
	if err := Load(table, in); err != nil {
		return nil, err
	}
	if serve.Dev {
		useDevDefaults(table)
	}
	warnings = secretFileWarnings(serve, table)
	separateMasterTokens(serve, table)
	for _, path := range serve.MasterTokenFiles {
		tokens, err := ReadMasterTokens(path)
		if err != nil {
			return warnings, fmt.Errorf("master-token-file: %w", err)
		}
		serve.Server.MasterTokens = append(serve.Server.MasterTokens, tokens...)
	}
	return warnings, nil
}

// separateMasterTokens lets the setting master-token keep what it holds now, while
// the server gets the tokens of the files, too.
func separateMasterTokens(serve *Serve, table Table) {
	own := slices.Clone(serve.Server.MasterTokens)
	table.Lookup("master-token").Value = MasterTokens(&own)
}

func useDevDefaults(table Table) {
	for _, setting := range table {
		if setting.DevDefault != nil && setting.Origin.IsDefault() {
			setting.Origin = Source{Layer: LayerDefault, Name: "--dev"}
			_ = setting.Value.Set(setting.DevDefault) // accepted: a test sets each
		}
	}
}
