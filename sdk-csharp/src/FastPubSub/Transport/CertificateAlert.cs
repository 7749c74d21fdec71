using System.ComponentModel;
using System.Security.Cryptography;

namespace FastPubSub.Transport;

/// <summary>
/// The alerts of TLS with which a server refuses a client's certificate, or that there is none (RFC 8446, section 6.2).
/// </summary>
/// <remarks>
/// No exception has the alert as such; it is in the number of the one at the bottom. OpenSSL's is a library (SSL is 20)
/// and a reason, which is 1000 and the alert's number: error:0A00045C is 116. Windows' SChannel has errors of its own,
/// some for several alerts, none of which says anything else while the program checks the server's certificate by itself,
/// as .NET does.
/// </remarks>
internal static class CertificateAlert
{
    private const int HandshakeFailure = 40; // what OpenSSL says up to TLS 1.2 where there is no certificate

    // OpenSSL's numbers, of version 3 and of those before.
    private const int SslLibrary = 20;
    private const int LibraryShift = 23;
    private const int OldLibraryShift = 24;
    private const int ReasonMask = 0xfff;
    private const int FirstAlert = 1000;

    /// <summary>Whether a failure is that the server has sent one of these alerts.</summary>
    public static bool IsIn(Exception failure) => AlertIn(failure) is 42 or 43 or 44 or 45 or 46 or 48 or 49 or 116;

    /// <summary>Whether a failure is that the server has ended the handshake for a reason that it does not tell.</summary>
    public static bool IsHandshakeFailureIn(Exception failure) => AlertIn(failure) is HandshakeFailure;

    private static int? AlertIn(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if ((failure is CryptographicException ? OfOpenSsl(failure.HResult) : OfSChannel(failure)) is { } alert)
            {
                return alert;
            }
        }

        return null;
    }

    private static int? OfOpenSsl(int number)
    {
        var isOfSsl = number >> LibraryShift == SslLibrary || number >> OldLibraryShift == SslLibrary;
        var reason = number & ReasonMask;
        return isOfSsl && reason >= FirstAlert ? reason - FirstAlert : null;
    }

    private static int? OfSChannel(Exception failure) => failure is not Win32Exception { NativeErrorCode: var number }
        ? null
        : unchecked((uint)number) switch
        {
            0x80090326 => HandshakeFailure, // SEC_E_ILLEGAL_MESSAGE
            0x80090327 => 46, // SEC_E_CERT_UNKNOWN; of 42 and 43, too
            0x80092010 => 44, // CRYPT_E_REVOKED
            0x80090328 => 45, // SEC_E_CERT_EXPIRED
            0x80090325 => 48, // SEC_E_UNTRUSTED_ROOT
            0x8009030C => 49, // SEC_E_LOGON_DENIED
            _ => null,
        };
}
