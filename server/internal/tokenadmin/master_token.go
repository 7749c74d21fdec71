package tokenadmin

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
)

// MinMasterTokenCharacters is the length of the shortest master token (TK-11).
const MinMasterTokenCharacters = 16

// masterToken is the hash of a master token: hashes have one length, so comparing
// them tells nothing of the length of the token.
type masterToken [sha256.Size]byte

func readMasterTokens(tokens []secret.Text) ([]masterToken, error) {
	if len(tokens) == 0 {
		return nil, errors.New("there is no master token; at least one is needed")
	}
	hashes := make([]masterToken, len(tokens))
	for i, token := range tokens {
		if err := CheckMasterToken(token); err != nil {
			return nil, fmt.Errorf("master token %d of %d %w", i+1, len(tokens), err)
		}
		hashes[i] = sha256.Sum256([]byte(token.Reveal()))
	}
	return hashes, nil
}

// CheckMasterToken refuses a master token that is too short, or that no client
// could send. The error's text goes on after the words "the master token"; it does
// not show the token.
func CheckMasterToken(token secret.Text) error {
	text := token.Reveal()
	characters := utf8.RuneCountInString(text)
	switch {
	case characters < MinMasterTokenCharacters:
		return fmt.Errorf("has %d characters; at least %d are accepted", characters, MinMasterTokenCharacters)
	case strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("has a line break or another control character, which no header can carry")
	case strings.TrimSpace(text) != text:
		return errors.New("begins or ends with a space, which no header can carry")
	}
	return nil
}

// Authorize checks the master token of a call: what stood behind "Bearer " in the
// authorization header, or the empty text. Every configured token is compared, in
// constant time (TK-11). The error is MASTER_TOKEN_INVALID.
func (s *Service) Authorize(bearer string) error {
	if bearer == "" {
		return apierror.New(apierror.MasterTokenInvalid, "no master token was given; send the header Authorization: Bearer <master token>")
	}
	given := masterToken(sha256.Sum256([]byte(bearer)))
	matches := 0
	for i := range s.masters {
		matches |= subtle.ConstantTimeCompare(given[:], s.masters[i][:])
	}
	if matches == 0 {
		return apierror.New(apierror.MasterTokenInvalid, "the master token is wrong; an access token does not open this service, a master token from the server's configuration does")
	}
	return nil
}
