<?php
/**
 * Files: as large as the plan allows, whichever way they come; and from the chat nothing but pictures of a size that a
 * site can work with.
 *
 * PHP's `upload_max_filesize` binds forms only, not a file that is sent as the body of a request.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * Uploads by REST.
 */
final class Pictures_Only {

	const ROUTE = '/wp/v2/media';
	const TYPES = array( IMAGETYPE_JPEG, IMAGETYPE_PNG, IMAGETYPE_WEBP );

	/** The gateway sends pictures of 2,560 pixels a side at most. */
	const MAX_PIXELS = 25000000;

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'rest_request_before_callbacks', array( __CLASS__, 'check' ), 6, 3 );
	}

	/**
	 * Refuses a file before WordPress writes it down.
	 *
	 * @param mixed            $response Answer so far.
	 * @param array            $handler  The handler.
	 * @param \WP_REST_Request $request  The request.
	 * @return mixed
	 */
	public static function check( $response, $handler, $request ) {
		// WordPress matches routes without case.
		if ( is_wp_error( $response ) || 'POST' !== $request->get_method() || 0 !== stripos( $request->get_route(), self::ROUTE ) ) {
			return $response;
		}
		$body = (string) $request->get_body();
		if ( strlen( $body ) > wp_max_upload_size() ) {
			return new \WP_Error( 'slipway_too_large', 'The file is larger than this site takes.', array( 'status' => 413 ) );
		}
		if ( ! Credential::is_ours() ) {
			return $response;
		}
		// Only the file itself: a form would pass the check of the bytes, and a link would make the site fetch something.
		$picture = $request->get_file_params() || ! empty( $request['url'] ) ? false : @getimagesizefromstring( $body ); // phpcs:ignore WordPress.PHP.NoSilencedErrors, Generic.PHP.NoSilencedErrors -- It warns about what is no picture.
		if ( ! $picture || ! in_array( $picture[2], self::TYPES, true ) ) {
			return new \WP_Error( 'slipway_no_picture', 'This connection may only upload JPEG, PNG and WebP pictures.', array( 'status' => 415 ) );
		}
		if ( $picture[0] * $picture[1] > self::MAX_PIXELS ) {
			return new \WP_Error( 'slipway_too_large', 'The picture has more pixels than this site takes.', array( 'status' => 413 ) );
		}
		return $response;
	}
}
