package cli

// The headings of the settings of client commands.
const (
	groupConnection = "Connection"
	groupTLS        = "TLS"
	groupMessages   = "Messages"
	groupRight      = "Right"
	groupLoad       = "Load"
	groupOutput     = "Output"
)
