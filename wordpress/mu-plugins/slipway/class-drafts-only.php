<?php
/**
 * The chat writes drafts; people publish.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * Refuses everything that is not one's own draft.
 */
final class Drafts_Only {

	const STATUSES = array( 'draft', 'pending' );

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'rest_request_before_callbacks', array( __CLASS__, 'call' ), 5, 3 );
		add_filter( 'rest_pre_insert_post', array( __CLASS__, 'write' ), PHP_INT_MAX );
	}

	/**
	 * Checks a write before WordPress checks permissions, so that the gateway gets one clear code.
	 *
	 * @param mixed            $response Answer so far.
	 * @param array            $handler  The handler.
	 * @param \WP_REST_Request $request  The request.
	 * @return mixed
	 */
	public static function call( $response, $handler, $request ) {
		// A status that WordPress does not know at all has made it refuse already; it gets the same code as any other.
		$passed = ! is_wp_error( $response ) || 'rest_invalid_param' === $response->get_error_code();
		if ( ! $passed || ! Credential::is_ours() || 'POST' !== $request->get_method() ) {
			return $response;
		}
		// A file has no status of its own that the chat would need to set.
		$allowed = '/wp/v2/media' === $request->get_route() ? array( 'inherit' ) : self::STATUSES;
		if ( null !== $request['status'] && ! in_array( $request['status'], $allowed, true ) ) {
			return self::refusal();
		}
		if ( preg_match( '~^/wp/v2/posts/(\d+)\z~', $request->get_route(), $found ) ) {
			$refusal = self::not_own_draft( get_post( (int) $found[1] ) );
			return $refusal ? $refusal : $response;
		}
		return $response;
	}

	/**
	 * Checks the row itself, for a handler that fills in a status on its own.
	 *
	 * @param mixed $post What is about to be written.
	 * @return mixed
	 */
	public static function write( $post ) {
		if ( Credential::is_ours() && is_object( $post ) && ! is_wp_error( $post ) ) {
			if ( isset( $post->post_status ) && ! in_array( $post->post_status, self::STATUSES, true ) ) {
				return self::refusal();
			}
			if ( ! empty( $post->ID ) ) {
				$refusal = self::not_own_draft( get_post( $post->ID ) );
				return $refusal ? $refusal : $post;
			}
		}
		return $post;
	}

	/**
	 * Why an existing post may not be changed, or null. A missing one is left to WordPress's own 404.
	 *
	 * @param \WP_Post|null $post The post.
	 * @return \WP_Error|null
	 */
	private static function not_own_draft( $post ) {
		if ( ! $post ) {
			return null;
		}
		if ( get_current_user_id() !== (int) $post->post_author ) {
			return new \WP_Error( 'slipway_not_allowed', 'This connection may only change drafts of its own person.', array( 'status' => 403 ) );
		}
		return in_array( $post->post_status, self::STATUSES, true ) ? null : self::refusal();
	}

	/**
	 * The one answer to anything that is not a draft.
	 *
	 * @return \WP_Error
	 */
	private static function refusal() {
		return new \WP_Error( 'slipway_drafts_only', 'This connection may only write drafts. Publish the post in WordPress.', array( 'status' => 403 ) );
	}
}
