package channel

// byteClass says what one byte may be in a name.
type byteClass uint8

const (
	classForeign byteClass = iota // stands in no name
	classLetter                   // an ordinary character of a token
	classDot                      // stands between tokens
	classStar                     // the wildcard of one token
	classTail                     // a wildcard that ends the whole pattern
)

// alphabetText names what is accepted, for the texts of errors.
const alphabetText = "letters a-z A-Z, digits 0-9 and _ - ~ @"

// classOf is indexed by the byte.
var classOf = func() (classes [256]byteClass) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~@"
	for i := range len(letters) {
		classes[letters[i]] = classLetter
	}
	classes['.'] = classDot
	classes['*'] = classStar
	classes['#'] = classTail
	classes['>'] = classTail
	return classes
}()

// wildcard says whether the byte is one of * # >.
func wildcard(b byte) bool { return classOf[b] >= classStar }
