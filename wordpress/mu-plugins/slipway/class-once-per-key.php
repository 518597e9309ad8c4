<?php
/**
 * Makes a draft or takes a picture once, however often it is asked for.
 *
 * An answer can be lost after WordPress wrote it down; the gateway then asks again with the same key.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * Idempotent create by `slipway_key`.
 */
final class Once_Per_Key {

	const FIELD = 'slipway_key';
	const META  = '_slipway_key';

	/** Types of posts by the route that makes them. */
	const TYPES = array(
		'/wp/v2/posts' => 'post',
		'/wp/v2/media' => 'attachment',
	);

	/**
	 * Key of the post or picture that is being created now.
	 *
	 * @var string
	 */
	private static $key = '';

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'rest_request_before_callbacks', array( __CLASS__, 'check' ), 6, 3 );
		add_filter( 'rest_dispatch_request', array( __CLASS__, 'existing' ), 10, 3 );
		add_filter( 'rest_pre_insert_post', array( __CLASS__, 'mark' ), 10, 1 );
		add_filter( 'rest_pre_insert_attachment', array( __CLASS__, 'mark' ), 10, 1 );
	}

	/**
	 * Refuses a key of the wrong shape.
	 *
	 * @param mixed            $response Answer so far.
	 * @param array            $handler  The handler.
	 * @param \WP_REST_Request $request  The request.
	 * @return mixed
	 */
	public static function check( $response, $handler, $request ) {
		if ( ! is_wp_error( $response ) && self::applies( $request ) && ! self::key( $request ) ) {
			return new \WP_Error( 'slipway_bad_key', 'slipway_key is 64 hexadecimal digits.', array( 'status' => 400 ) );
		}
		return $response;
	}

	/**
	 * Answers with what this key already made. Runs after WordPress checked permissions.
	 *
	 * @param mixed            $result  Answer so far.
	 * @param \WP_REST_Request $request The request.
	 * @param string           $route   Matched route.
	 * @return mixed
	 */
	public static function existing( $result, $request, $route ) {
		global $wpdb;
		if ( null !== $result || ! self::applies( $request ) ) {
			return $result;
		}
		self::$key = self::key( $request );
		$type      = self::TYPES[ $request->get_route() ];
		$author    = get_current_user_id();
		// Two requests at the same instant would both find nothing: the second waits for the first. The connection's end frees the lock.
		$lock = 'slipway_' . substr( hash( 'sha256', DB_NAME . '|' . $wpdb->prefix . '|' . $author . '|' . self::$key ), 0, 40 );
		if ( '1' !== (string) $wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, 10)', $lock ) ) ) {
			return new \WP_Error( 'slipway_busy', 'The same is being written right now. Ask again.', array( 'status' => 503 ) );
		}
		$id = $wpdb->get_var(
			$wpdb->prepare(
				"SELECT p.ID FROM {$wpdb->posts} p JOIN {$wpdb->postmeta} m ON m.post_id = p.ID
				WHERE m.meta_key = %s AND m.meta_value = %s AND p.post_type = %s AND p.post_author = %d ORDER BY p.ID LIMIT 1",
				self::META,
				self::$key,
				$type,
				$author
			)
		);
		if ( ! $id ) {
			return $result;
		}
		$request->set_param( 'context', 'edit' );
		$controller = 'post' === $type ? new \WP_REST_Posts_Controller( $type ) : new \WP_REST_Attachments_Controller( $type );
		return $controller->prepare_item_for_response( get_post( (int) $id ), $request );
	}

	/**
	 * Stores the key together with what is new.
	 *
	 * @param mixed $post What is about to be written.
	 * @return mixed
	 */
	public static function mark( $post ) {
		if ( self::$key && is_object( $post ) && ! is_wp_error( $post ) && empty( $post->ID ) ) {
			$post->meta_input = array( self::META => self::$key );
			self::$key        = '';
		}
		return $post;
	}

	/**
	 * Whether a request creates something by key.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return bool
	 */
	private static function applies( $request ) {
		return Credential::is_ours() && 'POST' === $request->get_method() && isset( self::TYPES[ $request->get_route() ] ) && null !== $request[ self::FIELD ];
	}

	/**
	 * The key, or '' when it has the wrong shape.
	 *
	 * @param \WP_REST_Request $request The request.
	 * @return string
	 */
	private static function key( $request ) {
		$key = $request[ self::FIELD ];
		return is_string( $key ) && preg_match( '/^[0-9a-f]{64}\z/', $key ) ? $key : '';
	}
}
