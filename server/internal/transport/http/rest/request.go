package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// maxBodyBytes is the largest body that is read.
const maxBodyBytes = 1 << 20

// readBody reads the whole body. Its content type does not matter: what curl
// sends by itself is not what it says.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, apierror.Newf(apierror.PayloadTooLarge, "the body is longer than %d bytes; send less", maxBodyBytes)
	case err != nil:
		return nil, apierror.New(apierror.RequestInvalid, "the body ended too early; send all that Content-Length announces")
	}
	return body, nil
}

// unmarshal reads a JSON object into a message; members that the message does
// not know are ignored.
func unmarshal(body []byte, m proto.Message) error {
	if err := checkSyntax(body); err != nil {
		return err
	}
	err := protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(body, m)
	switch {
	case err == nil:
		return nil
	case hasMalformedExpiry(body):
		return apierror.New(apierror.TTLInvalid, `expires_at is no time; send it as RFC 3339 says, such as "2030-01-31T12:00:00Z"`)
	default:
		return apierror.Newf(apierror.RequestInvalid, "the body does not fit: %s", plain(err))
	}
}

// checkSyntax refuses what is no JSON and says where it breaks.
func checkSyntax(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return apierror.New(apierror.RequestInvalid, "the body is empty; send a JSON object")
	}
	if err := syntaxError(body); err != nil {
		line, column := position(body, int(err.Offset))
		return apierror.Newf(apierror.RequestInvalid, "the body is no JSON: line %d, column %d: %s", line, column, err.Error())
	}
	return nil
}

// syntaxError is where and how body breaks the grammar of JSON; nil: it does not.
func syntaxError(body []byte) *json.SyntaxError {
	var value json.RawMessage
	var syntax *json.SyntaxError
	errors.As(json.Unmarshal(body, &value), &syntax)
	return syntax
}

// position says where the offset-th byte stands, both counted from 1.
func position(body []byte, offset int) (line, column int) {
	before := body[:max(min(offset, len(body))-1, 0)]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

var (
	protoPrefix = regexp.MustCompile(`^proto:\s*\p{Zs}*`)
	fieldName   = regexp.MustCompile(`\bfield [a-z]\w*`)
	twice       = regexp.MustCompile(`duplicate (field) "(\w+)"`) // one of the contract's
	innerUpper  = regexp.MustCompile(`[A-Z]`)
	// shown is from where on an error repeats what the body holds: a text in quotes,
	// or what follows the name of a member.
	shown = regexp.MustCompile(`["'` + "`" + `]|\bfield \w+(: )|\btoken ()`)
)

// plain is an error of protojson without what it puts in front, with the contract's
// own names of fields, and without any value of the body: it may be a secret (TK-2).
func plain(err error) string {
	text := protoPrefix.ReplaceAllString(err.Error(), "")
	text = twice.ReplaceAllString(text, "$1 $2 is there twice")
	if at := shown.FindStringSubmatchIndex(text); at != nil {
		text = strings.TrimRight(text[:valueStart(at)], ": ")
	}
	return fieldName.ReplaceAllStringFunc(text, func(field string) string {
		return innerUpper.ReplaceAllStringFunc(field, func(upper string) string { return "_" + strings.ToLower(upper) })
	})
}

// valueStart is where the value begins in a match of shown: at its group, if it has
// one.
func valueStart(match []int) int {
	for _, group := range match[2:] {
		if group >= 0 {
			return group
		}
	}
	return match[0]
}
