package token

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/secret"
)

// Prefix begins the text of every access token.
const Prefix = "AT_"

// randomBytes is the length of an id and of a secret, in bytes before they are
// written as hex (TK-1).
const randomBytes = 16

// ErrMissing says that there is no access token.
var ErrMissing = apierror.New(apierror.TokenMissing,
	"no access token was given; send one in the header Authorization: Bearer AT_<id>_<secret>, or where the protocol in use takes it")

// ErrInvalid says that an access token cannot be used, and deliberately not why:
// malformed, unknown and wrong are one answer (TK-12).
var ErrInvalid = apierror.New(apierror.TokenInvalid,
	"the access token is malformed, unknown or wrong; ask whoever issued it for a new one")

// Parsed is the text of an access token, taken apart. Nothing is known of whether
// it exists.
type Parsed struct {
	// ID is no secret, but whatever a client has sent, of any length.
	ID string
	// Secret proves that the client may use the token.
	Secret secret.Text
}

// Parse takes an access token apart (TK-1). Any id and secret of at least one
// byte are accepted: whether they are right is for the store to say. The error is
// ErrMissing or ErrInvalid.
func Parse(text string) (Parsed, error) {
	if text == "" {
		return Parsed{}, ErrMissing
	}
	rest, ok := strings.CutPrefix(text, Prefix)
	if !ok {
		return Parsed{}, ErrInvalid
	}
	id, secretText, ok := strings.Cut(rest, "_")
	if !ok || id == "" || secretText == "" {
		return Parsed{}, ErrInvalid
	}
	return Parsed{ID: id, Secret: secret.New(secretText)}, nil
}

// Generate makes a new access token from the system's source of random bytes: the
// whole text, which is shown once and never kept, and what is kept of it.
func Generate() (text secret.Text, id string, hash [32]byte, err error) {
	random := make([]byte, 2*randomBytes)
	if _, err := io.ReadFull(rand.Reader, random); err != nil {
		return secret.Text{}, "", hash, fmt.Errorf("reading random bytes for an access token: %w", err)
	}
	id = hex.EncodeToString(random[:randomBytes])
	secretText := secret.New(hex.EncodeToString(random[randomBytes:]))
	return secret.New(Prefix + id + "_" + secretText.Reveal()), id, HashSecret(secretText), nil
}
