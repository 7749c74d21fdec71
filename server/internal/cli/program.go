package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// mainPackage is where the program's main package stands in a checkout.
const mainPackage = "./server/cmd/fastpubsub"

// program is how another terminal starts this program.
type program struct {
	// directory to change to first; empty: any will do.
	directory string
	// command starts the program, quoted for a shell.
	command string
}

// currentProgram finds the shortest command that starts the running program
// again: its name if the PATH leads to it, "go run" if that built it in this
// checkout, else its path.
func currentProgram() program {
	executable, err := os.Executable()
	if err != nil {
		return program{command: "fastpubsub"}
	}
	if found, err := exec.LookPath("fastpubsub"); err == nil && sameFile(found, executable) {
		return program{command: "fastpubsub"}
	}
	directory, err := os.Getwd()
	if err == nil && isGoRun(executable) && isCheckout(directory) {
		return program{directory: directory, command: "go run " + mainPackage}
	}
	return program{command: shellQuote(executable)}
}

// line is a line for a shell: the directory, the variables, the command.
func (p program) line(variables []string, arguments string) string {
	line := strings.Join(append(variables, p.command, arguments), " ")
	if p.directory == "" {
		return line
	}
	return "cd " + shellQuote(p.directory) + " && " + line
}

// isGoRun says whether "go run" built the executable: it stands in a temporary
// folder or in the build cache then.
func isGoRun(executable string) bool {
	return strings.Contains(filepath.ToSlash(executable), "/go-build")
}

func isCheckout(directory string) bool {
	info, err := os.Stat(filepath.Join(directory, mainPackage))
	return err == nil && info.IsDir()
}

func sameFile(one, other string) bool {
	a, errA := os.Stat(one)
	b, errB := os.Stat(other)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// absolute is a path that means the same in any directory.
func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// shellQuote makes one word of a text for a POSIX shell.
func shellQuote(text string) string {
	plain := func(r rune) bool {
		return strings.ContainsRune("/._-+:@%,=", r) || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
