// Package token says what an access token is: its text, what the server keeps of
// it, and when it can be used.
//
// The server keeps a SHA-256 of a token's secret and never the secret (TK-2).
// Nothing here prints, logs or encodes one.
package token
