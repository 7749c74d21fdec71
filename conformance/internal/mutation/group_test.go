package mutation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const counting = `package counting

type counter[T any] struct{ values []T }

func (c *counter[T]) add(values ...T) { c.values = append(c.values, values...) }

func largest[T int | uint](a, b T) T {
	return max(a, b)
}

func ignores(_ int) int { return 1 }
`

// TestGroup lets functions choose among their own text and those with a fault.
func TestGroup(t *testing.T) {
	text := []byte(counting)
	for number, edit := range []Edit{
		{"append(c.values, values...)", "values"},
		{"return max(a, b)", "return min(a, b)"},
		{"return max(a, b)", "return a"},
	} {
		m := &Mutation{File: "counting.go", Edits: []Edit{edit}}
		var err error
		text, err = m.group(number+1, []byte(counting), text)
		require.NoError(t, err)
	}
	assert.Equal(t, `package counting

type counter[T any] struct{ values []T }

func (c *counter[T]) add(values ...T) { if conformanceFault == "1" { c.addWithFault1(values...); return }; c.values = append(c.values, values...) }

func largest[T int | uint](a, b T) T { if conformanceFault == "3" { return largestWithFault3[T](a, b) }; if conformanceFault == "2" { return largestWithFault2[T](a, b) };
	return max(a, b)
}

func ignores(_ int) int { return 1 }

func (c *counter[T]) addWithFault1(values ...T) { c.values = values }

func largestWithFault2[T int | uint](a, b T) T {
	return min(a, b)
}

func largestWithFault3[T int | uint](a, b T) T {
	return a
}
`, string(text))
}

// TestFaultsOfTheirOwn cannot be chosen in a function.
func TestFaultsOfTheirOwn(t *testing.T) {
	for _, edit := range []Edit{{"values []T }", "values, more []T }"}, {"return 1", "return 2"}} {
		m := &Mutation{File: "counting.go", Edits: []Edit{edit}}
		_, err := m.group(1, []byte(counting), []byte(counting))
		assert.ErrorIs(t, err, errOutsideFunctions)
	}
}

// TestMostAreGrouped: a fault with a build of its own takes seconds.
func TestMostAreGrouped(t *testing.T) {
	const root = "../../.."
	groups := map[Program]*groupedBuild{Server: newGroupedBuild(Server, ""), SDK: newGroupedBuild(SDK, "")}
	alone := 0
	for _, m := range All() {
		if !m.Program.IsGo() {
			continue
		}
		if err := groups[m.Program].add(root, &m); err != nil {
			require.ErrorIs(t, err, errOutsideFunctions, m.Name)
			t.Log("built alone:", m.Name)
			alone++
		}
	}
	assert.LessOrEqual(t, alone, 8)
}
