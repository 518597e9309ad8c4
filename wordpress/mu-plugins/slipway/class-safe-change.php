<?php
/**
 * A change by the chat loses nothing: it is made only to the text that it was made from, what it carries over is not
 * filtered, and the old text stays as a revision.
 *
 * WordPress filters the whole text of a post on each save by the rights of who saves. The chat may write no more than its
 * person's words, so a map or a video that an administrator put into the draft would be gone after the smallest change.
 *
 * @package Slipway_Guard
 */

namespace Slipway_Guard;

defined( 'ABSPATH' ) || exit;

/**
 * Changes of drafts by `slipway_base` and `slipway_kept`.
 */
final class Safe_Change {

	const BASE = 'slipway_base';
	const KEPT = 'slipway_kept';

	/** More pieces than the longest text has. */
	const MOST = 100000;

	/**
	 * Stored pieces by the mark that stands for them while WordPress filters the text.
	 *
	 * @var string[]
	 */
	private static $pieces = array();

	/**
	 * The whole stored text, where a change has none of its own; null otherwise.
	 *
	 * @var string|null
	 */
	private static $whole = null;

	/** Elements whose inside is no markup: they are carried over as a whole or not at all. */
	const RAW = 'script|style|textarea|title|iframe|noembed|noframes|noscript|xmp|plaintext|template|svg|math';

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'rest_dispatch_request', array( __CLASS__, 'begin' ), 10, 3 );
		add_filter( 'rest_prepare_post', array( __CLASS__, 'shown' ), PHP_INT_MAX, 2 );
		add_filter( 'wp_insert_post_data', array( __CLASS__, 'put_back' ), PHP_INT_MAX );
		add_action( 'pre_post_update', array( __CLASS__, 'keep_old' ) );
		// WordPress's own revision of the new text is made in between (priority 9), as it is stored.
		add_action( 'wp_after_insert_post', array( __CLASS__, 'unfiltered' ), 8 );
		add_action( 'wp_after_insert_post', array( __CLASS__, 'filtered' ), 10 );
	}

	/**
	 * Shows the text as it is stored. WordPress writes the blocks of `raw` anew for its block hooks, so that it is
	 * not what a change can be compared with.
	 *
	 * @param \WP_REST_Response $response A post.
	 * @param \WP_Post          $post     The same.
	 * @return \WP_REST_Response
	 */
	public static function shown( $response, $post ) {
		$data = $response->get_data();
		if ( Credential::is_ours() && isset( $data['content']['raw'] ) ) {
			$data['content']['raw'] = $post->post_content;
			$response->set_data( $data );
		}
		return $response;
	}

	/**
	 * Refuses a change of a text that is not stored any more, and puts marks in place of what is carried over. Runs after
	 * WordPress checked permissions, and before it parses the text and writes it anew (since 7.0).
	 *
	 * @param mixed            $result  Answer so far.
	 * @param \WP_REST_Request $request The request.
	 * @param string           $route   Matched route.
	 * @return mixed
	 */
	public static function begin( $result, $request, $route ) {
		self::$pieces = array();
		self::$whole  = null;
		$ours         = null === $result && Credential::is_ours() && 'POST' === $request->get_method();
		if ( ! $ours || ! preg_match( '~^/wp/v2/posts/(\d+)\z~', $request->get_route(), $found ) ) {
			return $result;
		}
		$stored = self::stored( (int) $found[1] );
		if ( null === $stored ) {
			return new \WP_Error( 'slipway_busy', 'Another change of this post is not done yet.', array( 'status' => 503 ) );
		}
		if ( null === $request[ self::BASE ] ) {
			// A title or a category alone: WordPress would filter the stored text all the same.
			self::$whole = null === $request['content'] ? $stored : null;
			return $result;
		}
		if ( ! is_string( $request[ self::BASE ] ) || hash( 'sha256', $stored ) !== $request[ self::BASE ] ) {
			return new \WP_Error( 'slipway_changed', 'The text was changed in the meantime.', array( 'status' => 409 ) );
		}
		if ( is_string( $request['content'] ) && null !== $request[ self::KEPT ] ) {
			$marked = self::marked( $request['content'], $stored, $request[ self::KEPT ] );
			if ( null === $marked ) {
				return new \WP_Error( 'slipway_bad_kept', 'slipway_kept names what is not in both texts.', array( 'status' => 400 ) );
			}
			$request->set_param( 'content', $marked );
		}
		return $result;
	}

	/**
	 * The new text with a mark for each piece that is in the stored one too, byte by byte; null if one is not.
	 *
	 * @param string $text   The new text.
	 * @param string $stored The stored one.
	 * @param mixed  $kept   Places in the new text, in the stored one, and lengths.
	 * @return string|null
	 */
	private static function marked( $text, $stored, $kept ) {
		if ( ! is_array( $kept ) || count( $kept ) > self::MOST ) {
			return null;
		}
		$secret = bin2hex( random_bytes( 16 ) );
		$out    = '';
		$done   = 0;
		foreach ( array_values( $kept ) as $index => $one ) {
			if ( ! is_array( $one ) || array( 0, 1, 2 ) !== array_keys( $one ) || array_filter( $one, 'is_int' ) !== $one ) {
				return null;
			}
			list( $here, $there, $length ) = $one;
			if ( $here < $done || $there < 0 || $length < 1 ) {
				return null;
			}
			$piece = substr( $text, $here, $length );
			if ( strlen( $piece ) !== $length || substr( $stored, $there, $length ) !== $piece ) {
				return null;
			}
			if ( ! self::is_whole( $piece ) ) {
				continue; // It is filtered like everything that is new.
			}
			$mark                  = "<!-- wp:slipway/kept-$secret-$index /-->";
			self::$pieces[ $mark ] = $piece;
			$out                  .= substr( $text, $done, $here - $done ) . $mark;
			$done                  = $here + $length;
		}
		return $out . substr( $text, $done );
	}

	/**
	 * Whether a piece means in any place what it means in its own: words and whole tags, and elements whose inside is no
	 * markup only from end to end. Otherwise what each half of a tag was allowed to be could be joined to another tag.
	 *
	 * @param string $piece Piece of a stored text.
	 * @return bool
	 */
	private static function is_whole( $piece ) {
		$raw  = self::RAW;
		$rest = preg_replace( "~<($raw)\\b[^<>]*>.*?</\\1\\s*>~is", '', $piece );
		return is_string( $rest ) && ! preg_match( "~</?(?:$raw)\\b~i", $rest ) && 1 === preg_match( '~^(?:[^<>]++|<[^<>]*+>)*+\z~', $rest );
	}

	/**
	 * Whether a mark stands where markup is read as such: in no tag, and in no element whose inside is no markup.
	 *
	 * @param string $before All that stands before the mark.
	 * @return bool
	 */
	private static function is_in_the_open( $before ) {
		$raw  = self::RAW;
		$rest = preg_replace( "~<($raw)\\b[^<>]*>.*?</\\1\\s*>~is", '', $before );
		return is_string( $rest ) && ! preg_match( "~<(?:$raw)\\b~i", $rest ) && ! preg_match( '~<[^<>]*\z~', $rest );
	}

	/**
	 * Puts the pieces back where their marks are, after all filters; and a whole text where the change has none.
	 *
	 * @param array $data Slashed fields of a post.
	 * @return array
	 */
	public static function put_back( $data ) {
		if ( ! isset( $data['post_content'] ) || 'post' !== ( $data['post_type'] ?? '' ) ) {
			return $data;
		}
		if ( null !== self::$whole ) {
			$data['post_content'] = wp_slash( self::$whole );
		}
		$pieces = self::$pieces;
		foreach ( array_keys( $pieces ) as $mark ) {
			$at = strpos( $data['post_content'], $mark );
			if ( false === $at || ! self::is_in_the_open( substr( $data['post_content'], 0, $at ) ) ) {
				$pieces[ $mark ] = '';
			}
		}
		if ( $pieces ) {
			$data['post_content'] = strtr( $data['post_content'], array_map( 'wp_slash', $pieces ) );
		}
		return $data;
	}

	/**
	 * Keeps the text that is about to be replaced. WordPress itself keeps only what came after, so the first text of a
	 * draft would be gone with the first change.
	 *
	 * @param int $id Post.
	 */
	public static function keep_old( $id ) {
		if ( ! Credential::is_ours() || ! in_array( get_post_type( $id ), array( 'post', 'page' ), true ) ) {
			return;
		}
		$pieces       = self::$pieces;
		self::$pieces = array();
		self::unfiltered();
		wp_save_post_revision( $id );
		self::filtered();
		self::$pieces = $pieces;
	}

	/**
	 * A revision is what is stored, not what this person may write.
	 */
	public static function unfiltered() {
		if ( Credential::is_ours() ) {
			kses_remove_filters();
		}
	}

	/**
	 * The filters come back by the person's rights.
	 */
	public static function filtered() {
		if ( Credential::is_ours() ) {
			kses_init();
		}
	}

	/**
	 * The text of a post as the database has it now, past every cache. A second change at the same moment waits here until
	 * the first one is written; the connection's end frees the lock.
	 *
	 * @param int $id Post.
	 * @return string|null Null when another change is not done yet.
	 */
	private static function stored( $id ) {
		global $wpdb;
		$mine = $wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, 10)', 'slipway_' . substr( hash( 'sha256', DB_NAME . '|' . $wpdb->prefix . "|change|$id" ), 0, 40 ) ) );
		if ( '1' !== (string) $mine ) {
			return null;
		}
		return (string) $wpdb->get_var( $wpdb->prepare( "SELECT post_content FROM {$wpdb->posts} WHERE ID = %d", $id ) );
	}
}
