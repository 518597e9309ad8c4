<?php
/**
 * A stand-in for a mail server: takes letters from whoever signs in, and writes all that is said into one file.
 *
 * Usage: php post.php ADDRESS FILE
 */

$socket = stream_socket_server( "tcp://{$argv[1]}" );
echo "listens at {$argv[1]}\n";
while ( $client = @stream_socket_accept( $socket, -1 ) ) {
	$say  = static fn( $line ) => fwrite( $client, "$line\r\n" );
	$note = static fn( $line ) => file_put_contents( $argv[2], "$line\n", FILE_APPEND );
	$say( '220 post.example ESMTP' );
	while ( false !== ( $line = fgets( $client ) ) ) {
		$line = rtrim( $line );
		$word = strtoupper( strtok( $line, ' ' ) );
		$note( 'AUTH' === $word ? 'AUTH' : $line );
		if ( 'EHLO' === $word ) {
			$say( '250-post.example' );
			$say( '250 AUTH PLAIN' );
		} elseif ( 'AUTH' === $word ) {
			$parts = explode( ' ', $line );
			$given = $parts[2] ?? '';
			if ( '' === $given ) {
				$say( '334 ' );
				$given = rtrim( fgets( $client ) );
			}
			$note( 'SIGNED IN ' . str_replace( "\0", '|', base64_decode( $given ) ) );
			$say( '235 fine' );
		} elseif ( 'DATA' === $word ) {
			$say( '354 go on' );
			while ( "." !== ( $text = rtrim( (string) fgets( $client ), "\r\n" ) ) ) {
				$note( $text );
			}
			$say( '250 taken' );
		} elseif ( 'QUIT' === $word ) {
			$say( '221 bye' );
			break;
		} else {
			$say( '250 fine' );
		}
	}
	fclose( $client );
}
