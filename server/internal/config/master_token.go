package config

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/fastpubsub/fastpubsub/server/internal/secret"
	"github.com/fastpubsub/fastpubsub/server/internal/tokenadmin"
)

// ReadMasterTokens reads a file with one master token a line. Blank lines, and
// lines that start with #, do not count. Its errors show no token.
func ReadMasterTokens(path string) ([]secret.Text, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", path, unreadable(err))
	}
	var tokens []secret.Text
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		token := secret.New(line)
		if err := tokenadmin.CheckMasterToken(token); err != nil {
			return nil, fmt.Errorf("%s:%d: the token %w", path, number, err)
		}
		tokens = append(tokens, token)
	}
	if len(tokens) == 0 {
		return nil, fmt.Errorf("%s: holds no token; accepts one token a line, each of at least %d characters",
			path, tokenadmin.MinMasterTokenCharacters)
	}
	return tokens, nil
}

// secretFileWarnings names the files with secrets that others can read.
func secretFileWarnings(serve *Serve, table Table) []string {
	paths := serve.MasterTokenFiles
	if origin := table.Lookup("master-token").Origin; origin.Layer == LayerFile {
		paths = append([]string{origin.Name}, paths...)
	}
	var warnings []string
	for _, path := range paths {
		if OthersMayRead(path) {
			warnings = append(warnings, fmt.Sprintf("others may read %s, which holds master tokens; chmod 600 it", path))
		}
	}
	return warnings
}

// OthersMayRead says whether the group or everybody may read the file. It is
// false where files have no such permissions, and for pipes and devices, which
// have no content that stays.
func OthersMayRead(path string) bool {
	info, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o044 != 0
}
