<?php
/**
 * Keeps a dump in a bucket (S3), once. Runs twice in a Job: before the dump is made, to ask whether it is there already, and
 * after it.
 *
 * Usage: php keep.php ask STORE FOLDER        makes FOLDER/there when the bucket has the dump
 *        php keep.php put STORE FOLDER ANSWER  stores FOLDER/dump.sql.gz and sees that all of it arrived
 *
 * STORE is a JSON file: url, region, key_id, secret. Requests are signed by libcurl (signature version 4).
 *
 * @package Slipway_Database
 */

if ( 'cli' !== PHP_SAPI ) {
	http_response_code( 404 );
	exit;
}

/**
 * One request: status, length of the object, words of a refusal.
 *
 * @param object      $store Where.
 * @param string|null $file  What to store; without it the object is asked for.
 * @return array
 */
function slipway_keep_request( $store, $file = null ) {
	$said    = '';
	$hash    = null === $file ? hash( 'sha256', '' ) : hash_file( 'sha256', $file );
	$request = curl_init( $store->url );
	$options = array(
		CURLOPT_AWS_SIGV4      => "aws:amz:$store->region:s3",
		CURLOPT_USERPWD        => "$store->key_id:$store->secret",
		CURLOPT_HTTPHEADER     => array( "x-amz-content-sha256: $hash", 'Expect:' ),
		CURLOPT_CONNECTTIMEOUT => 10,
		CURLOPT_LOW_SPEED_LIMIT => 1,
		CURLOPT_LOW_SPEED_TIME => 60,
		CURLOPT_NOBODY         => null === $file,
		CURLOPT_WRITEFUNCTION  => static function ( $request, $part ) use ( &$said ) {
			$said = substr( $said . $part, 0, 400 );
			return strlen( $part );
		},
	);
	curl_setopt_array( $request, $options );
	if ( null !== $file ) {
		curl_setopt( $request, CURLOPT_UPLOAD, true );
		curl_setopt( $request, CURLOPT_INFILE, fopen( $file, 'rb' ) );
		curl_setopt( $request, CURLOPT_INFILESIZE, filesize( $file ) );
	}
	curl_exec( $request );
	return array(
		'status' => (int) curl_getinfo( $request, CURLINFO_RESPONSE_CODE ),
		'length' => (int) curl_getinfo( $request, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T ),
		'said'   => '' === $said ? curl_error( $request ) : $said,
	);
}

/**
 * Stores the dump, and sees that all of it arrived.
 *
 * @param object $store  Where.
 * @param string $folder The dump's.
 * @return array
 */
function slipway_keep_put( $store, $folder ) {
	if ( is_file( "$folder/there" ) ) {
		return array( 'seen' => 'ready' );
	}
	$put = slipway_keep_request( $store, "$folder/dump.sql.gz" );
	if ( 200 !== $put['status'] ) {
		return array( 'seen' => 'unkept' ) + $put;
	}
	$head = slipway_keep_request( $store );
	if ( 200 === $head['status'] && filesize( "$folder/dump.sql.gz" ) === $head['length'] ) {
		return array( 'seen' => 'ready' );
	}
	$head['said'] = 'The bucket does not have all of the dump.';
	return array( 'seen' => 'unkept' ) + $head;
}

$slipway_store = json_decode( (string) file_get_contents( $argv[2] ), false, 16, JSON_THROW_ON_ERROR );
if ( 'put' === $argv[1] ) {
	file_put_contents( $argv[4], json_encode( slipway_keep_put( $slipway_store, $argv[3] ), JSON_INVALID_UTF8_SUBSTITUTE ) );
} elseif ( 200 === slipway_keep_request( $slipway_store )['status'] ) {
	touch( "$argv[3]/there" );
}
